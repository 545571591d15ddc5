/** Form fields: label above, what is wrong above the control with what to do, help below. */
import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";
import { gettext } from "../i18n.ts";
import { cls, Icon } from "./basics.tsx";

interface FieldProps {
  label: string;
  help?: string;
  error?: string;
  required?: boolean;
  /** Gets the id and the aria attributes that tie the control to its label, help and error. */
  children: (tie: Tie) => ComponentChildren;
}

export interface Tie {
  id: string;
  "aria-invalid"?: "true";
  "aria-describedby"?: string;
  "aria-required"?: "true";
}

export function Field({ label, help, error, required, children }: FieldProps) {
  const id = useId();
  const described = [error && `${id}-error`, help && `${id}-help`].filter(Boolean).join(" ");
  const tie: Tie = {
    id,
    ...(error ? { "aria-invalid": "true" as const } : {}),
    ...(described ? { "aria-describedby": described } : {}),
    ...(required ? { "aria-required": "true" as const } : {}),
  };
  return (
    <div class="field">
      <label for={id}>
        {label}
        {required !== true && !error && <span class="faint"> {gettext("(optional)")}</span>}
      </label>
      {error && <FieldError id={`${id}-error`}>{error}</FieldError>}
      {children(tie)}
      {help && (
        <p class="field-help" id={`${id}-help`}>
          {help}
        </p>
      )}
    </div>
  );
}

export function FieldError({ id, children }: { id?: string; children: ComponentChildren }) {
  return (
    <p class="field-error" {...(id ? { id } : {})} role="alert">
      <Icon name="alert" />
      {children}
    </p>
  );
}

interface TextProps {
  tie?: Tie;
  value: string;
  onInput: (value: string) => void;
  placeholder?: string;
  maxLength?: number;
  label?: string;
  class?: string;
}

export function TextInput({ tie, value, onInput, placeholder, maxLength, label, class: extra, inputMode = "text" }: TextProps & { inputMode?: "text" | "numeric" | "search" }) {
  return (
    <input
      {...tie}
      class={cls("input", extra)}
      type="text"
      inputMode={inputMode}
      value={value}
      autocomplete="off"
      {...(label ? { "aria-label": label } : {})}
      {...(placeholder ? { placeholder } : {})}
      {...(maxLength ? { maxLength } : {})}
      onInput={(event) => onInput(event.currentTarget.value)}
    />
  );
}

export function TextArea({ tie, value, onInput, placeholder, maxLength, label, rows = 3 }: TextProps & { rows?: number }) {
  return (
    <textarea
      {...tie}
      class="input"
      rows={rows}
      value={value}
      {...(label ? { "aria-label": label } : {})}
      {...(placeholder ? { placeholder } : {})}
      {...(maxLength ? { maxLength } : {})}
      onInput={(event) => onInput(event.currentTarget.value)}
    />
  );
}

interface SelectProps {
  tie?: Tie;
  value: string;
  options: readonly { value: string; label: string }[];
  onChange: (value: string) => void;
  label?: string;
  /** First, empty choice; left out when there is none. */
  empty?: string;
  class?: string;
}

export function Select({ tie, value, options, onChange, label, empty, class: extra }: SelectProps) {
  return (
    <select {...tie} class={cls("input", extra)} {...(label ? { "aria-label": label } : {})} value={value} onChange={(event) => onChange(event.currentTarget.value)}>
      {empty !== undefined && <option value="">{empty}</option>}
      {options.map((option) => (
        <option key={option.value} value={option.value}>
          {option.label}
        </option>
      ))}
    </select>
  );
}

export function CheckBox({ checked, onChange, children }: { checked: boolean; onChange: (checked: boolean) => void; children: ComponentChildren }) {
  return (
    <label class="checkline">
      <input type="checkbox" checked={checked} onChange={(event) => onChange(event.currentTarget.checked)} />
      <span>{children}</span>
    </label>
  );
}
