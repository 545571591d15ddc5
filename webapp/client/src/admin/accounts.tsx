/* The accounts that this administrator keeps, and making one. */
import { useEffect, useState } from "preact/hooks";
import { gettext, say } from "../shared/i18n.ts";
import { whenText } from "./words.ts";
import { Badge, Button, Empty, Paged } from "../shared/ui/index.ts";
import { Field, Select, TextInput } from "../shared/ui/fields.tsx";
import { type Pages, usePages } from "../shared/usepages.ts";
import { type AccountRow, admin, type Handed } from "./api.ts";
import type { ViewProps } from "./adminpage.tsx";
import { HandedDialog, NewAccountDialog } from "./newaccount.tsx";
import { PostBadges } from "./postbadges.tsx";
import { roles } from "./words.ts";

const NOTHING = { q: "", state: "", role: "" };

export function AccountsView({ state, set, keeps }: ViewProps) {
  const { q, state: wanted, role } = state;
  const [total, setTotal] = useState(0);
  const [making, setMaking] = useState(false);
  const [handed, setHanded] = useState<Handed | null>(null);
  const pages = usePages<AccountRow>(JSON.stringify([q, wanted, role]), async (cursor) => {
    const page = await admin.accounts({ q, state: wanted, role, cursor });
    setTotal(page.total);
    return page;
  });
  const [typed, setTyped] = useState(q);
  useEffect(() => setTyped(q), [q]);
  return (
    <>
      <form
        class="register-tools admin-tools"
        role="search"
        onSubmit={(event) => {
          event.preventDefault();
          set({ q: typed.trim() });
        }}
      >
        <Field label={gettext("Find an account")} required>
          {(tie) => <TextInput tie={{ id: tie.id }} value={typed} maxLength={80} placeholder={gettext("Name, account name, organisation")} onInput={setTyped} />}
        </Field>
        <Field label={gettext("Which")} required>
          {(tie) => (
            <Select
              tie={{ id: tie.id }}
              value={wanted}
              empty={gettext("All")}
              options={[
                { value: "active", label: gettext("Enabled") },
                { value: "disabled", label: gettext("Disabled") },
                { value: "without_post", label: gettext("Without a post") },
                { value: "first_password", label: gettext("First password not changed yet") },
              ]}
              onChange={(value) => set({ state: value })}
            />
          )}
        </Field>
        <Field label={gettext("Role")} required>
          {(tie) => <Select tie={{ id: tie.id }} value={role} empty={gettext("All")} options={roles()} onChange={(value) => set({ role: value })} />}
        </Field>
        <Button type="submit" icon="search" busy={pages.loading}>
          {gettext("Search")}
        </Button>
        <span class="grow" />
        {pages.rows.length > 0 && <span class="dim" role="status">{say("%(count)s accounts", { count: total })}</span>}
        {keeps && (
          <Button kind="primary" icon="plus" onClick={() => setMaking(true)}>
            {gettext("New account")}
          </Button>
        )}
      </form>
      <Rows pages={pages} narrowed={q + wanted + role !== ""} onAll={() => set(NOTHING)} onOpen={(account) => set({ account }, { push: true })} />
      {making && <NewAccountDialog onClose={() => setMaking(false)} onMade={setHanded} />}
      {handed && (
        <HandedDialog
          handed={handed}
          onClose={() => {
            setHanded(null);
            set({ account: handed.account.row.username }, { push: true });
          }}
        />
      )}
    </>
  );
}

function Rows({ pages, narrowed, onAll, onOpen }: { pages: Pages<AccountRow>; narrowed: boolean; onAll: () => void; onOpen: (username: string) => void }) {
  const none = narrowed ? (
    <Empty icon="filter" title={gettext("No account fits the filters")} actions={<Button onClick={onAll}>{gettext("Clear all filters")}</Button>} />
  ) : (
    <Empty icon="user" title={gettext("There is no account here yet")}>{gettext("The system administrator makes accounts; the security administrator gives them posts.")}</Empty>
  );
  return (
    <Paged pages={pages} failed={gettext("The accounts did not come")} columns={[140, 90, 160]} none={none} label={gettext("Accounts")}>
      <table class="table register-table">
        <thead>
          <tr>
            <th>{gettext("Name")}</th>
            <th>{gettext("Account")}</th>
            <th>{gettext("Belongs to")}</th>
            <th>{gettext("Posts")}</th>
            <th>{gettext("Signing in")}</th>
            <th class="num">{gettext("Last signed in")}</th>
          </tr>
        </thead>
        <tbody>
          {pages.rows.map((row) => (
            <tr key={row.id}>
              <td>
                <button type="button" class="linklike" onClick={() => onOpen(row.username)}>
                  {row.name}
                </button>
              </td>
              <td class="mono">{row.username}</td>
              <td class="dim">{row.home || "—"}</td>
              <td>
                <PostBadges posts={row.posts} />
              </td>
              <td>
                {!row.active && <Badge kind="over">{gettext("Disabled")}</Badge>} {row.first_password && <Badge kind="near">{gettext("First password")}</Badge>} {row.factor && <Badge kind="done">{gettext("Second factor")}</Badge>}
              </td>
              <td class="dim num">{whenText(row.last_sign_in)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Paged>
  );
}
