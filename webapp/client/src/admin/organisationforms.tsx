/* One organisation: its names and hours as a form, and closing it or opening it again. */
import { useState } from "preact/hooks";
import { gettext, say } from "../shared/i18n.ts";
import { Field, TextInput } from "../shared/ui/fields.tsx";
import { admin, type EditedOrganisation, type OrganisationCard, type OrganisationRow } from "./api.ts";
import { SaveDialog } from "./effects.tsx";
import { error } from "./newaccount.tsx";

interface ChangeProps {
  row: OrganisationRow;
  onClose: () => void;
  onDone: (card: OrganisationCard) => void;
}

export function AmendDialog({ row, onClose, onDone }: ChangeProps) {
  const [form, setForm] = useState<EditedOrganisation>({ name: row.name, short_name: row.short_name, hours: row.hours });
  const [version, setVersion] = useState(row.version);
  const put = (patch: Partial<EditedOrganisation>): void => setForm((old) => ({ ...old, ...patch }));
  const same = form.name === row.name && form.short_name === row.short_name && form.hours === row.hours;
  return (
    <SaveDialog
      title={row.name}
      icon="user"
      action={gettext("Save")}
      question={same || form.name.trim() === "" ? "" : JSON.stringify(form)}
      ask={() => admin.previewOrganisation(row.code, form)}
      save={async () => onDone(await admin.amendOrganisation(row.code, { ...form, version }))}
      again={async () => setVersion((await admin.organisation(row.code)).row.version)}
      onClose={onClose}
    >
      {(wrong) => (
        <>
          <Field label={gettext("Full name")} required {...error(wrong("name"))}>
            {(tie) => <TextInput tie={tie} value={form.name} maxLength={60} onInput={(name) => put({ name })} />}
          </Field>
          <Field label={gettext("Short name")} required {...error(wrong("short_name"))}>
            {(tie) => <TextInput tie={tie} value={form.short_name} maxLength={20} onInput={(short_name) => put({ short_name })} />}
          </Field>
          <Field label={gettext("Hours worked")} help={gettext("As 08:30-12:00,14:00-17:30. Empty: the city's.")} {...error(wrong("hours"))}>
            {(tie) => <TextInput tie={tie} value={form.hours} maxLength={80} onInput={(hours) => put({ hours })} />}
          </Field>
        </>
      )}
    </SaveDialog>
  );
}

export function CloseDialog({ row, onClose, onDone }: ChangeProps) {
  const [version, setVersion] = useState(row.version);
  const closing = row.closed_at === null;
  const again = [{ weight: "note", text: gettext("It can be given work and posts again. The posts that it had do not come back.") }];
  return (
    <SaveDialog
      title={closing ? say("Close %(name)s down", { name: row.name }) : say("Open %(name)s again", { name: row.name })}
      icon="info"
      action={closing ? gettext("Close down") : gettext("Open again")}
      danger={closing}
      question={row.code}
      ask={() => (closing ? admin.previewClosing(row.code) : Promise.resolve(again))}
      save={async () => onDone(await admin.closeOrganisation(row.code, version, closing))}
      again={async () => setVersion((await admin.organisation(row.code)).row.version)}
      onClose={onClose}
    >
      {() => (
        <p>
          {row.name} <span class="dim">{row.region}</span>
        </p>
      )}
    </SaveDialog>
  );
}
