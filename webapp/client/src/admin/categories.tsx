/* The category list with its allowances: searched, edited one by one, with the effect told before saving. */
import { useCallback, useEffect, useState } from "preact/hooks";
import { type ApiProblem, asProblem } from "../shared/api/index.ts";
import { gettext, say } from "../shared/i18n.ts";
import { Badge, Button, Dialog, Empty, ProblemState, SkeletonRows, toast } from "../shared/ui/index.ts";
import { CheckBox, Field, TextInput } from "../shared/ui/fields.tsx";
import { admin, type CategoryCard, type CategoryRow } from "./api.ts";
import type { ViewProps } from "./adminpage.tsx";
import { CategoryDialog } from "./categoryform.tsx";
import { History } from "./effects.tsx";
import { levels } from "./words.ts";

export function CategoriesView({ state, set }: ViewProps) {
  const [rows, setRows] = useState<CategoryRow[] | null>(null);
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const [editing, setEditing] = useState<CategoryRow | null>(null);
  const [adding, setAdding] = useState(false);
  const [shown, setShown] = useState<CategoryCard | null>(null);
  const load = useCallback(async (): Promise<void> => {
    try {
      setRows(await admin.categories());
      setProblem(null);
    } catch (thrown) {
      setProblem(asProblem(thrown));
    }
  }, []);
  useEffect(() => void load(), [load]);
  if (problem) return <ProblemState title={gettext("The categories did not come")} problem={problem} retry={() => void load()} />;
  if (rows === null) return <SkeletonRows rows={12} columns={[60, 140, 120]} />;
  const retired = state.state === "all";
  const wanted = state.q.trim();
  const found = rows.filter((row) => (retired || row.active) && [row.code, row.name, row.major_name, ...row.keywords].some((text) => text.includes(wanted)));
  const saved = (words: string) => (): void => {
    toast(words);
    void load();
  };
  return (
    <>
      <div class="register-tools admin-tools" role="search">
        <Field label={gettext("Find a category")} required>
          {(tie) => <TextInput tie={{ id: tie.id }} value={state.q} maxLength={40} placeholder={gettext("Code, name or word")} onInput={(q) => set({ q })} />}
        </Field>
        <CheckBox checked={retired} onChange={(on) => set({ state: on ? "all" : "" })}>
          {gettext("Retired ones, too")}
        </CheckBox>
        <span class="grow" />
        <span class="dim" role="status">
          {say("%(count)s categories", { count: found.length })}
        </span>
        <Button kind="primary" icon="plus" onClick={() => setAdding(true)}>
          {gettext("A category of our own")}
        </Button>
      </div>
      <Rows
        rows={found}
        onEdit={setEditing}
        onShow={(code) => {
          admin.category(code).then(setShown, (thrown: unknown) => toast(asProblem(thrown).detail));
        }}
        onAll={() => set({ q: "" })}
      />
      {editing && <CategoryDialog row={editing} onClose={() => setEditing(null)} onDone={saved(gettext("The category is saved"))} />}
      {adding && <CategoryDialog row={null} onClose={() => setAdding(false)} onDone={saved(gettext("The category is added"))} />}
      {shown && (
        <Dialog title={say("History of %(code)s", { code: `${shown.row.code} ${shown.row.name}` })} icon="info" wide onClose={() => setShown(null)}>
          <History changes={shown.changes} />
        </Dialog>
      )}
    </>
  );
}

interface RowsProps {
  rows: CategoryRow[];
  onEdit: (row: CategoryRow) => void;
  onShow: (code: string) => void;
  onAll: () => void;
}

function Rows({ rows, onEdit, onShow, onAll }: RowsProps) {
  if (rows.length === 0) return <Empty icon="filter" title={gettext("No category fits")} actions={<Button onClick={onAll}>{gettext("Clear all filters")}</Button>} />;
  const level = (value: string): string => levels().find((one) => one.value === value)?.label ?? value;
  return (
    <div class="register-rows" tabIndex={0} role="region" aria-label={gettext("Categories")}>
      <table class="table register-table">
        <thead>
          <tr>
            <th>{gettext("Code")}</th>
            <th>{gettext("Category")}</th>
            <th>{gettext("Class")}</th>
            <th>{gettext("Allowance to handle")}</th>
            <th>{gettext("Lowest level")}</th>
            <th>{gettext("Marks")}</th>
            <th class="num">{gettext("Open events")}</th>
            <th>
              <span class="unseen">{gettext("Actions")}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.code}>
              <td class="mono">{row.code}</td>
              <td>
                <button type="button" class="linklike" onClick={() => onEdit(row)}>
                  {row.name}
                </button>
              </td>
              <td class="dim">{row.major_name}</td>
              <td>{row.handle}</td>
              <td class="dim">{level(row.min_level)}</td>
              <td>
                {!row.active && <Badge kind="wait">{gettext("retired")}</Badge>} {row.urgent && <Badge kind="near">{gettext("urgent")}</Badge>} {row.self_resolvable && <Badge>{gettext("on the spot")}</Badge>} {row.auto_dispatch && <Badge kind="normal">{gettext("by the system")}</Badge>} {row.restricted && <Badge>{gettext("restricted")}</Badge>}
              </td>
              <td class="num">{row.open ?? "—"}</td>
              <td class="num">
                <Button kind="quiet" label={say("History of %(code)s", { code: row.code })} onClick={() => onShow(row.code)}>
                  {gettext("History")}
                </Button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
