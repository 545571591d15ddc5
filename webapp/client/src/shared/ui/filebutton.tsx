/** A button that fetches a file: busy meanwhile, and says what went wrong. */
import { useState } from "preact/hooks";
import { asProblem } from "../api/problem.ts";
import { gettext } from "../i18n.ts";
import { Button, type IconName } from "./basics.tsx";
import { toast } from "./toasts.tsx";

export function FileButton({ fetchFile, children, icon = "file", title, disabled = false }: { fetchFile: () => Promise<void>; children: string; icon?: IconName; title?: string; disabled?: boolean }) {
  const [busy, setBusy] = useState(false);
  const go = async (): Promise<void> => {
    setBusy(true);
    try {
      await fetchFile();
      toast(gettext("The file is in your downloads."));
    } catch (thrown) {
      toast(asProblem(thrown).detail, { kind: "over" });
    }
    setBusy(false);
  };
  return (
    <Button icon={icon} busy={busy} disabled={disabled} {...(title ? { title } : {})} onClick={() => void go()}>
      {children}
    </Button>
  );
}
