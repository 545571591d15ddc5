/* Making an account, and the one time that its first password is shown. */
import { useState } from "preact/hooks";
import { gettext, say } from "../shared/i18n.ts";
import { fullTimeText } from "../shared/time.ts";
import { Button, copy, Dialog, Note } from "../shared/ui/index.ts";
import { Field, TextInput } from "../shared/ui/fields.tsx";
import { admin, type Handed } from "./api.ts";
import { SaveDialog } from "./effects.tsx";
import { OrganisationPick } from "./organisationpick.tsx";

export function NewAccountDialog({ onClose, onMade }: { onClose: () => void; onMade: (handed: Handed) => void }) {
  const [name, setName] = useState("");
  const [username, setUsername] = useState("");
  const [home, setHome] = useState("");
  const whole = name.trim() !== "" && username !== "" && home !== "";
  const told = [
    { weight: "note", text: gettext("The account has no rights until the security administrator gives it a post.") },
    { weight: "note", text: gettext("Its first password is shown once, opens it for three days, and must be changed at the first sign-in.") },
  ];
  return (
    <SaveDialog
      title={gettext("New account")}
      icon="user"
      action={gettext("Make the account")}
      question={whole ? JSON.stringify([name, username, home]) : ""}
      ask={() => Promise.resolve(told)}
      save={async () => onMade(await admin.makeAccount({ name, username, home }))}
      onClose={onClose}
    >
      {(wrong) => (
        <>
          <Field label={gettext("Name")} required {...error(wrong("name"))}>
            {(tie) => <TextInput tie={tie} value={name} maxLength={40} onInput={setName} />}
          </Field>
          <Field label={gettext("Account name")} required help={gettext("3 to 64 small letters, digits, dots, dashes or underscores. It stays for ever.")} {...error(wrong("username"))}>
            {(tie) => <TextInput tie={tie} value={username} maxLength={64} onInput={setUsername} />}
          </Field>
          <OrganisationPick label={gettext("Belongs to")} value={home} error={wrong("home")} onChoose={setHome} />
        </>
      )}
    </SaveDialog>
  );
}

/** What a Field takes when something is wrong, or nothing. */
export function error(words: string): { error?: string } {
  return words ? { error: words } : {};
}

export function HandedDialog({ handed, onClose }: { handed: Handed; onClose: () => void }) {
  return (
    <Dialog
      title={say("First password of %(name)s", { name: handed.account.row.name })}
      icon="lock"
      onClose={null}
      foot={
        <Button kind="primary" onClick={onClose}>
          {gettext("I have handed it over")}
        </Button>
      }
    >
      <p>{say("Account name: %(name)s", { name: handed.account.row.username })}</p>
      <p class="handed mono" data-password>
        {handed.password}
      </p>
      <Button icon="copy" onClick={() => void copy(handed.password)}>
        {gettext("Copy")}
      </Button>
      <Note kind="near">{say("It is shown this once and kept nowhere. It opens the account until %(until)s, for its owner to set another.", { until: fullTimeText(handed.until) })}</Note>
    </Dialog>
  );
}
