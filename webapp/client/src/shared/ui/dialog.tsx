/** A dialog on the browser's own <dialog>: focus stays inside, Escape closes, the page behind is inert. */
import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";
import { gettext } from "../i18n.ts";
import { Button, cls, Icon, type IconName } from "./basics.tsx";

interface DialogProps {
  title: string;
  icon?: IconName;
  /** null: it closes by its own buttons alone, because what it shows is not shown again. */
  onClose: (() => void) | null;
  foot?: ComponentChildren;
  wide?: boolean;
  children: ComponentChildren;
}

const FIELDS = ".dialog-body :is(input:not([type=hidden], [type=file]), select, textarea):not(:disabled)";

/** Into the first field, past the button that closes; a form that waits for its choices moves on by itself. */
function focusIn(dialog: HTMLDialogElement | null): void {
  if (document.documentElement.dataset["size"] === "phone") return; /* it would push the keyboard over the dialog */
  const waits = dialog?.querySelector(".dialog-body form .skeleton") !== null;
  dialog?.querySelector<HTMLElement>(waits ? ".dialog-body form" : FIELDS)?.focus();
}

export function Dialog({ title, icon, onClose, foot, wide, children }: DialogProps) {
  const element = useRef<HTMLDialogElement>(null);
  const heading = useId();
  const outside = useRef(false); /* where the press began: one that is drawn out of a field ends on the backdrop too */
  useEffect(() => {
    const dialog = element.current;
    const before = document.activeElement;
    dialog?.showModal();
    focusIn(dialog);
    return () => {
      dialog?.close();
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  return (
    <dialog
      ref={element}
      class={cls("dialog", wide && "dialog-wide")}
      aria-labelledby={heading}
      onCancel={(event) => {
        if (event.target !== element.current) return; /* a file picker's, that bubbled */
        event.preventDefault();
        onClose?.();
      }}
      onPointerDown={(event) => {
        outside.current = event.target === element.current;
      }}
      onClick={(event) => {
        if (event.target === element.current && outside.current) onClose?.();
        outside.current = false;
      }}
    >
      <div class="dialog-box">
        <div class="dialog-head">
          {icon && <Icon name={icon} size="l" />}
          <h2 id={heading} class="grow">
            {title}
          </h2>
          {onClose && <Button kind="quiet" icon="x" label={gettext("Close")} onClick={onClose} />}
        </div>
        <div class="dialog-body">{children}</div>
        {foot && <div class="dialog-foot">{foot}</div>}
      </div>
    </dialog>
  );
}
