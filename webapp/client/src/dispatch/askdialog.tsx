/** A dialog that sends one thing: busy meanwhile, closed when it went through, and open with what was wrong when it didn't. */
import { useState } from "preact/hooks";
import type { ComponentChildren, ComponentProps } from "preact";
import { asProblem } from "../shared/api/index.ts";
import { gettext } from "../shared/i18n.ts";
import { Button, Dialog } from "../shared/ui/index.ts";

interface AskDialogProps {
  title: string;
  icon: NonNullable<ComponentProps<typeof Dialog>["icon"]>;
  /** The button that sends. */
  action: string;
  send: () => Promise<void>;
  onClose: () => void;
  /** Whether something that is needed is not there yet. */
  blocked?: boolean;
  /** Enter in its one-line field sends, for a dialog that asks for little else; Ctrl+Enter always does. */
  enterSends?: boolean;
  /** The fields; `wrong` is why it was refused, or "". */
  children: (wrong: string) => ComponentChildren;
}

export function AskDialog({ title, icon, action, send, onClose, blocked = false, enterSends = false, children }: AskDialogProps) {
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState("");
  const go = async (): Promise<void> => {
    if (busy || blocked) return;
    setBusy(true);
    try {
      await send();
      onClose();
    } catch (thrown) {
      setWrong(asProblem(thrown).detail);
      setBusy(false);
    }
  };
  return (
    <Dialog
      title={title}
      icon={icon}
      onClose={onClose}
      foot={
        <>
          <Button kind="quiet" onClick={onClose}>
            {gettext("Cancel")}
          </Button>
          <Button kind="primary" busy={busy} disabled={blocked} onClick={() => void go()}>
            {action}
          </Button>
        </>
      }
    >
      <div
        class="stack"
        onKeyDown={(press) => {
          const single = enterSends && press.target instanceof HTMLInputElement && press.target.type === "text";
          if (press.key !== "Enter" || press.isComposing || !(press.ctrlKey || press.metaKey || single)) return;
          press.preventDefault();
          void go();
        }}
      >
        {children(wrong)}
      </div>
    </Dialog>
  );
}
