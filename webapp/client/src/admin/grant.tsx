/* Giving a post: role, organisation, the region or grid where it is narrower, and its days. The effect shows while one types. */
import { useEffect, useState } from "preact/hooks";
import { gettext, say } from "../shared/i18n.ts";
import { Field, Select } from "../shared/ui/fields.tsx";
import { type Account, type AccountRow, admin, type Grant } from "./api.ts";
import { SaveDialog } from "./effects.tsx";
import { error } from "./newaccount.tsx";
import { OrganisationPick } from "./organisationpick.tsx";
import { roles } from "./words.ts";

const WITHOUT_REGION = ["grid_officer", "sysadmin", "secadmin", "auditor"];

/** Where the account belongs, else where it holds a post. */
function usualPlace({ home, home_code, posts }: AccountRow): { code: string; name: string } {
  const [post] = posts;
  return home_code || !post ? { code: home_code, name: home } : { code: post.organisation_code, name: post.organisation };
}

/** Whether enough is filled in to ask what it would do. */
function isWhole(role: string, organisation: string, place: string): boolean {
  return role !== "" && organisation !== "" && (place !== "" || !["grid_officer", "grid_lead"].includes(role));
}

export function GrantDialog({ account, onClose, onDone }: { account: AccountRow; onClose: () => void; onDone: (now: Account) => void }) {
  const [role, setRole] = useState("");
  const usual = usualPlace(account);
  const [organisation, setOrganisation] = useState(usual.code);
  const [place, setPlace] = useState("");
  const [since, setSince] = useState("");
  const [until, setUntil] = useState("");
  const officer = role === "grid_officer";
  const whole = isWhole(role, organisation, place);
  const grant: Grant = {
    role,
    organisation,
    region: officer || WITHOUT_REGION.includes(role) ? "" : place,
    grid: officer ? place : "",
    since: since || null,
    until: until || null,
  };
  return (
    <SaveDialog
      title={say("A post for %(name)s", { name: account.name })}
      icon="user"
      action={gettext("Give the post")}
      question={whole ? JSON.stringify(grant) : ""}
      ask={() => admin.previewPost(account.username, grant)}
      save={async () => onDone(await admin.givePost(account.username, grant))}
      onClose={onClose}
    >
      {(wrong) => (
        <>
          <Field label={gettext("Role")} required {...error(wrong("role"))}>
            {(tie) => (
              <Select
                tie={tie}
                value={role}
                empty={gettext("Please choose")}
                options={roles()}
                onChange={(chosen) => {
                  setRole(chosen);
                  setPlace("");
                }}
              />
            )}
          </Field>
          <OrganisationPick
            label={gettext("Organisation")}
            named={usual.name}
            value={organisation}
            error={wrong("organisation")}
            onChoose={(chosen) => {
              setOrganisation(chosen);
              setPlace("");
            }}
          />
          {organisation !== "" && role !== "" && (officer || !WITHOUT_REGION.includes(role)) && (
            <GroundPick organisation={organisation} grids={officer} value={place} error={wrong(officer ? "grid" : "region")} onChoose={setPlace} must={officer || role === "grid_lead"} />
          )}
          <div class="row wrap">
            <Field label={gettext("First day")} help={gettext("Empty: at once.")} {...error(wrong("since"))}>
              {(tie) => <input {...tie} class="input" type="date" value={since} onInput={(event) => setSince(event.currentTarget.value)} />}
            </Field>
            <Field label={gettext("Last day")} help={gettext("Empty: until further notice.")} {...error(wrong("until"))}>
              {(tie) => <input {...tie} class="input" type="date" min={since} value={until} onInput={(event) => setUntil(event.currentTarget.value)} />}
            </Field>
          </div>
        </>
      )}
    </SaveDialog>
  );
}

interface GroundProps {
  organisation: string;
  grids: boolean;
  value: string;
  error: string;
  must: boolean;
  onChoose: (code: string) => void;
}

function GroundPick({ organisation, grids, value, error: wrong, must, onChoose }: GroundProps) {
  const [found, setFound] = useState<{ code: string; name: string }[]>([]);
  useEffect(() => {
    let gone = false;
    admin.ground(organisation, grids).then(
      (ground) => !gone && setFound(ground),
      () => !gone && setFound([]),
    );
    return () => {
      gone = true;
    };
  }, [organisation, grids]);
  return (
    <Field label={grids ? gettext("Grid") : gettext("Region")} required={must} {...error(wrong)}>
      {(tie) => <Select tie={tie} value={value} empty={must ? gettext("Please choose") : gettext("All of the organisation's")} options={found.map((one) => ({ value: one.code, label: `${one.name} ${one.code}` }))} onChange={onChoose} />}
    </Field>
  );
}
