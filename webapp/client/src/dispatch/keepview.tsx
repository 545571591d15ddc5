/* Keep what the list shows as a view, for oneself or for an organisation; change one, or remove it. */
import { useState } from "preact/hooks";
import { asProblem, desk, type Me, type SavedView, type ViewDraft, type WorkView } from "../shared/api/index.ts";
import { gettext, pgettext, say } from "../shared/i18n.ts";
import { Button, CheckBox, Field, FieldError, Select, TextInput, toast } from "../shared/ui/index.ts";
import { AskDialog } from "./askdialog.tsx";
import type { WorkState } from "./filter.ts";

/** Posts that decide what their organisation shares. */
const EDITORS: ReadonlySet<string> = new Set(["shift_lead", "dept_lead", "leader"]);

/** What the list shows now, as a view to be kept: one that is shown is narrowed further, never named by its own code. */
export function viewDraft(views: readonly WorkView[], state: WorkState, shown: string): ViewDraft {
  const base = views.find((one) => one.code === shown)?.saved ?? { view: shown, region: "", category: "", state: "", q: "" };
  /* The list shows what fits both: the longer path, the longer code, all the words. */
  const longer = (name: "region" | "category"): string => (state[name].length > base[name].length ? state[name] : base[name]);
  const q = [...new Set([base.q, state.q].flatMap((words) => words.split(/\s+/u)).filter(Boolean))].join(" ");
  return { name: "", view: base.view, region: longer("region"), category: longer("category"), state: state.state.trim() || base.state, q, sort: state.sort, organisation: null };
}

/** What is sent to change a kept view: `held` is what it is to hold from now on; whose it is stays. */
export function changedDraft(kept: Pick<SavedView, "organisation">, held: Omit<ViewDraft, "name" | "organisation">, name: string): ViewDraft {
  const { view, region, category, state, q, sort } = held;
  return { name, view, region, category, state, q, sort, organisation: kept.organisation };
}

/** The organisations that somebody may keep views for. */
export function editedBy(me: Me): { value: string; label: string }[] {
  const posts = me.posts.filter((post) => EDITORS.has(post.role));
  return [...new Map(posts.map((post) => [post.organisation, post.organisation_name]))].map(([id, name]) => ({ value: String(id), label: name }));
}

interface KeepProps {
  readonly me: Me;
  /** The view that is changed; null to keep a new one. */
  readonly kept: SavedView | null;
  /** What the list shows now. */
  readonly now: ViewDraft;
  readonly onClose: () => void;
  /** The code of the view to show; "" after one is gone. */
  readonly onKept: (code: string) => void;
  readonly reload: () => void;
}

export function KeepView({ me, kept, now, onClose, onKept, reload }: KeepProps) {
  const [name, setName] = useState(kept?.name ?? "");
  const [organisation, setOrganisation] = useState("");
  const [anew, setAnew] = useState(false);
  const [failed, setFailed] = useState("");
  const shared = editedBy(me);
  const save = async (): Promise<void> => {
    const owner = organisation === "" ? null : Number(organisation);
    const found = kept ? await desk.changeView(kept.id, changedDraft(kept, anew ? now : kept, name)) : await desk.keepView({ ...now, name, organisation: owner });
    toast(say("Kept: %(name)s", { name: found.name }));
    onKept(`saved-${String(found.id)}`);
    reload();
  };
  const remove = (): void => {
    if (!kept) return;
    desk.removeView(kept.id).then(
      () => {
        toast(say("Removed: %(name)s", { name: kept.name }));
        onKept("");
        reload();
        onClose();
      },
      (thrown: unknown) => setFailed(asProblem(thrown).detail),
    );
  };
  return (
    <AskDialog title={kept ? gettext("Change the view") : gettext("Keep as a view")} icon="save" action={gettext("Save")} enterSends send={save} onClose={onClose} blocked={name.trim() === ""}>
      {(wrong) => (
        <>
          <Field label={pgettext("view", "Name")} error={wrong || failed} required>
            {(tie) => <TextInput tie={tie} value={name} maxLength={40} onInput={setName} />}
          </Field>
          {!kept && shared.length > 0 && (
            <Field label={gettext("For whom")} required>
              {(tie) => <Select tie={tie} value={organisation} empty={gettext("For me alone")} options={shared.map((one) => ({ value: one.value, label: say("For all at %(organisation)s", { organisation: one.label }) }))} onChange={setOrganisation} />}
            </Field>
          )}
          {kept && (
            <CheckBox checked={anew} onChange={setAnew}>
              {gettext("Hold what the list shows now, with its filters and order")}
            </CheckBox>
          )}
          {kept && (
            <Button icon="x" onClick={remove}>
              {kept.organisation === null ? gettext("Remove the view") : gettext("Remove the view for all")}
            </Button>
          )}
          {!kept && <p class="small dim">{gettext("It holds the view with its filters, words and order, and counts live.")}</p>}
          {failed && wrong && <FieldError>{failed}</FieldError>}
        </>
      )}
    </AskDialog>
  );
}
