/* One account: its posts, how it signs in, what was changed. The system administrator keeps it, the security administrator gives posts. */
import { useCallback, useEffect, useState } from "preact/hooks";
import { type ApiProblem, asProblem } from "../shared/api/index.ts";
import { gettext, ngettext, say } from "../shared/i18n.ts";
import { Badge, Button, Empty, Note, Panel, ProblemState, SkeletonRows, toast } from "../shared/ui/index.ts";
import { Field, TextInput } from "../shared/ui/fields.tsx";
import { type Account, admin, type Handed, type PostRow } from "./api.ts";
import type { ViewProps } from "./adminpage.tsx";
import { History, SaveDialog } from "./effects.tsx";
import { GrantDialog } from "./grant.tsx";
import { error, HandedDialog } from "./newaccount.tsx";
import { OrganisationPick } from "./organisationpick.tsx";
import { whenText } from "./words.ts";

type Open = "" | "amend" | "switch" | "password" | "release" | "factor" | "grant";

export function AccountView({ state, set, keeps, grants }: ViewProps) {
  const username = state.account;
  const [account, setAccount] = useState<Account | null>(null);
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const [open, setOpen] = useState<Open>("");
  const [ending, setEnding] = useState<PostRow | null>(null);
  const [handed, setHanded] = useState<Handed | null>(null);
  const load = useCallback(async (): Promise<void> => {
    try {
      setAccount(await admin.account(username));
      setProblem(null);
    } catch (thrown) {
      setProblem(asProblem(thrown));
    }
  }, [username]);
  useEffect(() => void load(), [load]);
  const done = (now: Account, words: string): void => {
    setAccount(now);
    toast(words);
  };
  if (problem) return <ProblemState title={gettext("The account did not come")} problem={problem} retry={() => void load()} />;
  if (account === null) return <SkeletonRows rows={8} />;
  const { row } = account;
  return (
    <div class="account-card">
      <div class="row wrap">
        <Button kind="quiet" icon="left" onClick={() => set({ account: "" }, { push: true })}>
          {gettext("All accounts")}
        </Button>
        <h2>
          {row.name} <span class="mono dim">{row.username}</span>
        </h2>
        {!row.active && <Badge kind="over">{gettext("Disabled")}</Badge>}
        <span class="grow" />
        {keeps && !account.own && <KeeperButtons row={row} onOpen={setOpen} />}
        {grants && !account.own && <GranterButtons row={row} onOpen={setOpen} />}
      </div>
      {account.own && <Note>{gettext("This is your own account: another administrator changes it.")}</Note>}
      <div class="admin-sides">
        <Panel title={gettext("Posts")} flush>
          <Posts posts={account.posts} grants={grants} onEnd={setEnding} />
        </Panel>
        <div class="admin-stack">
          <Facts account={account} />
          <Panel title={gettext("What was changed")}>
            <History changes={account.changes} />
          </Panel>
        </div>
      </div>
      <Opened open={open} account={account} onClose={() => setOpen("")} onDone={done} onHanded={setHanded} reload={load} />
      {ending && <EndDialog post={ending} name={row.name} onClose={() => setEnding(null)} onDone={(now) => done(now, gettext("The post is ended"))} />}
      {handed && (
        <HandedDialog
          handed={handed}
          onClose={() => {
            setAccount(handed.account);
            setHanded(null);
          }}
        />
      )}
    </div>
  );
}

function Facts({ account }: { account: Account }) {
  const { row } = account;
  return (
    <Panel title={gettext("Account")}>
      <dl class="pairs">
        <dt>{gettext("Belongs to")}</dt>
        <dd>{row.home || "—"}</dd>
        <dt>{gettext("Account since")}</dt>
        <dd>{whenText(account.created_at)}</dd>
        <dt>{gettext("Last signed in")}</dt>
        <dd>{whenText(row.last_sign_in)}</dd>
        <dt>{gettext("Sessions")}</dt>
        <dd>{ngettext("%(count)s open", "%(count)s open", account.sessions)}</dd>
        <dt>{gettext("Password")}</dt>
        <dd>
          {row.first_password ? gettext("handed out, not changed yet") : gettext("their own")}
          {row.released && <Badge kind="wait">{gettext("a new one is allowed")}</Badge>}
        </dd>
        <dt>{gettext("Second factor")}</dt>
        <dd>{row.factor ? gettext("set up") : gettext("none")}</dd>
      </dl>
    </Panel>
  );
}

interface OpenedProps {
  open: Open;
  account: Account;
  onClose: () => void;
  onDone: (now: Account, words: string) => void;
  onHanded: (handed: Handed) => void;
  reload: () => Promise<void>;
}

function Opened({ open, account, onClose, onDone, onHanded, reload }: OpenedProps) {
  const { row } = account;
  if (open === "amend") return <AmendDialog account={account} onClose={onClose} onDone={(now) => onDone(now, gettext("Saved"))} />;
  if (open === "switch") return <SwitchDialog account={account} onClose={onClose} reload={reload} onDone={(now) => onDone(now, now.row.active ? gettext("The account is enabled") : gettext("The account is disabled"))} />;
  if (open === "grant") return <GrantDialog account={row} onClose={onClose} onDone={(now) => onDone(now, gettext("The post is given"))} />;
  if (open === "password") {
    const locked = row.posts.length > 0 && !row.released;
    const told = [
      ...(locked ? [{ weight: "obstacle", text: gettext("The account holds posts: the security administrator must release it for a new password first.") }] : []),
      { weight: "warning", text: gettext("The present password is worth nothing at once, and every session ends.") },
      { weight: "note", text: gettext("The new one is shown once; its owner sets another at the first sign-in.") },
    ];
    return (
      <SaveDialog title={say("A new password for %(name)s", { name: row.name })} icon="lock" action={gettext("Make a new password")} question={row.username} ask={() => Promise.resolve(told)} save={async () => onHanded(await admin.handPassword(row.username))} onClose={onClose}>
        {() => null}
      </SaveDialog>
    );
  }
  if (open === "release") {
    const told = [{ weight: "warning", text: gettext("Within 24 hours the system administrator may hand out one new password. Ask the person themselves whether they want it.") }];
    return (
      <SaveDialog title={say("A new password for %(name)s", { name: row.name })} icon="lock" action={gettext("Release")} question={row.username} ask={() => Promise.resolve(told)} save={async () => onDone(await admin.release(row.username), gettext("Released for a new password"))} onClose={onClose}>
        {() => null}
      </SaveDialog>
    );
  }
  if (open === "factor") {
    const told = [{ weight: "warning", text: gettext("Every session ends. At the next sign-in another factor is set up, with the password alone: be sure who asks.") }];
    return (
      <SaveDialog title={say("The second factor of %(name)s", { name: row.name })} icon="lock" action={gettext("Take it away")} danger question={row.username} ask={() => Promise.resolve(told)} save={async () => onDone(await admin.forgetFactor(row.username), gettext("The second factor is taken away"))} onClose={onClose}>
        {() => null}
      </SaveDialog>
    );
  }
  return null;
}

function EndDialog({ post, name, onClose, onDone }: { post: PostRow; name: string; onClose: () => void; onDone: (now: Account) => void }) {
  return (
    <SaveDialog title={say("End the post of %(name)s", { name })} icon="user" action={gettext("End the post")} danger question={String(post.id)} ask={() => admin.previewEnding(post.id)} save={async () => onDone(await admin.endPost(post.id))} onClose={onClose}>
      {() => (
        <p>
          {post.organisation} {post.ground} {post.role_label}
        </p>
      )}
    </SaveDialog>
  );
}

function GranterButtons({ row, onOpen }: { row: Account["row"]; onOpen: (open: Open) => void }) {
  return (
    <>
      {row.active && row.posts.length > 0 && !row.released && <Button onClick={() => onOpen("release")}>{gettext("Release for a new password")}</Button>}
      {row.factor && <Button onClick={() => onOpen("factor")}>{gettext("Take the second factor away")}</Button>}
      {row.active && (
        <Button kind="primary" icon="plus" onClick={() => onOpen("grant")}>
          {gettext("Give a post")}
        </Button>
      )}
    </>
  );
}

function KeeperButtons({ row, onOpen }: { row: Account["row"]; onOpen: (open: Open) => void }) {
  return (
    <>
      <Button onClick={() => onOpen("amend")}>{gettext("Rename or move")}</Button>
      {row.active && <Button onClick={() => onOpen("password")}>{gettext("New password")}</Button>}
      <Button kind={row.active ? "danger" : "primary"} onClick={() => onOpen("switch")}>
        {row.active ? gettext("Disable") : gettext("Enable")}
      </Button>
    </>
  );
}

function Posts({ posts, grants, onEnd }: { posts: PostRow[]; grants: boolean; onEnd: (post: PostRow) => void }) {
  if (posts.length === 0) return <Empty icon="user" title={gettext("No post yet")}>{gettext("Without a post the account sees nothing. The security administrator gives posts.")}</Empty>;
  return (
    <div class="register-rows" tabIndex={0} role="region" aria-label={gettext("Posts")}>
      <table class="table register-table">
        <thead>
          <tr>
            <th>{gettext("Role")}</th>
            <th>{gettext("Organisation")}</th>
            <th>{gettext("Begins")}</th>
            <th>{gettext("Ends")}</th>
            <th>
              <span class="unseen">{gettext("Actions")}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {posts.map((post) => (
            <tr key={post.id} class={post.ended ? "over-and-done" : ""}>
              <td>
                {post.role_label} {post.stand_in && <Badge kind="wait">{gettext("stand-in")}</Badge>} {!post.begun && !post.ended && <Badge kind="wait">{gettext("not yet")}</Badge>} {post.ended && <Badge>{gettext("no longer held")}</Badge>}
              </td>
              <td>
                {post.organisation} <span class="dim">{post.ground}</span>
              </td>
              <td class="num">{whenText(post.since)}</td>
              <td class="num">{post.until === null ? gettext("until further notice") : whenText(post.until)}</td>
              <td class="num">
                {grants && post.mine_to_end && (
                  <Button kind="quiet" label={say("End %(role)s at %(organisation)s", { role: post.role_label, organisation: post.organisation })} onClick={() => onEnd(post)}>
                    {gettext("End")}
                  </Button>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface ChangeProps {
  account: Account;
  onClose: () => void;
  onDone: (now: Account) => void;
}

function AmendDialog({ account, onClose, onDone }: ChangeProps) {
  const [version, setVersion] = useState(account.version);
  const [name, setName] = useState(account.row.name);
  const [home, setHome] = useState(account.row.home_code);
  const same = name === account.row.name && home === account.row.home_code;
  const { username } = account.row;
  return (
    <SaveDialog
      title={say("Rename or move %(name)s", { name: account.row.name })}
      icon="user"
      action={gettext("Save")}
      question={same || name.trim() === "" || home === "" ? "" : JSON.stringify([name, home])}
      ask={() => Promise.resolve([{ weight: "note", text: gettext("Posts and sessions stay as they are. Whose administrators keep the account follows from where it belongs.") }])}
      save={async () => onDone(await admin.amendAccount(username, { version, name, home }))}
      again={async () => setVersion((await admin.account(username)).version)}
      onClose={onClose}
    >
      {(wrong) => (
        <>
          <Field label={gettext("Name")} required {...error(wrong("name"))}>
            {(tie) => <TextInput tie={tie} value={name} maxLength={40} onInput={setName} />}
          </Field>
          <OrganisationPick label={gettext("Belongs to")} named={account.row.home} value={home} error={wrong("home")} onChoose={setHome} />
        </>
      )}
    </SaveDialog>
  );
}

function SwitchDialog({ account, onClose, onDone, reload }: ChangeProps & { reload: () => Promise<void> }) {
  const { row } = account;
  const held = row.posts.length;
  const told = row.active
    ? [
        { weight: "warning", text: ngettext("%(count)s session ends at once.", "%(count)s sessions end at once.", account.sessions) },
        { weight: "warning", text: ngettext("%(count)s post ends at once, and does not come back.", "%(count)s posts end at once, and do not come back.", held) },
      ]
    : [{ weight: "note", text: gettext("It can sign in again with its password. It has no post until one is given.") }];
  return (
    <SaveDialog
      title={row.active ? say("Disable %(name)s", { name: row.name }) : say("Enable %(name)s", { name: row.name })}
      icon="user"
      action={row.active ? gettext("Disable the account") : gettext("Enable the account")}
      danger={row.active}
      question={account.version}
      ask={() => Promise.resolve(told)}
      save={async () => onDone(await admin.switchAccount(row.username, account.version, !row.active))}
      again={reload}
      onClose={onClose}
    >
      {() => (
        <p>
          {row.name} <span class="mono">{row.username}</span>
        </p>
      )}
    </SaveDialog>
  );
}
