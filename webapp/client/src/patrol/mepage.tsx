/* Who is signed in on this phone, and the way out. */
import { csrfToken } from "../shared/api/index.ts";
import { gettext, language, ngettext } from "../shared/i18n.ts";
import { Icon, Note } from "../shared/ui/index.ts";
import type { Patrol } from "./model.ts";
import { PhoneBar } from "./parts.tsx";

export function MePage({ patrol }: { patrol: Patrol }) {
  const { me } = patrol;
  const unsent = patrol.reports.filter((report) => report.standing !== "delivered" && report.standing !== "draft").length;
  const drafts = patrol.reports.filter((report) => report.standing === "draft").length;
  const chinese = language().toLowerCase().startsWith("zh");
  return (
    <>
      <PhoneBar title={gettext("Me")} />
      <main class="pbody pform">
        <dl class="pairs">
          <dt>{gettext("Name")}</dt>
          <dd>{me.name}</dd>
          {me.posts.map((post) => (
            <PostLine key={`${post.role}-${post.organisation}`} label={post.role_label} name={post.organisation_name} />
          ))}
          {me.grids.map((grid) => (
            <PostLine key={grid.code} label={gettext("Grid")} name={`${grid.place || grid.name} (${grid.code})`} />
          ))}
        </dl>
        {unsent > 0 && (
          <Note kind="near" icon="save">
            {ngettext("%(count)s report is not sent yet. It stays on this phone when you sign out, and goes on when you sign in again.", "%(count)s reports are not sent yet. They stay on this phone when you sign out, and go on when you sign in again.", unsent)}
          </Note>
        )}
        {drafts > 0 && !patrol.forgetful && (
          <Note icon="note">{ngettext("%(count)s draft is kept on this phone. It is a report only once you send it.", "%(count)s drafts are kept on this phone. They are reports only once you send them.", drafts)}</Note>
        )}
        {patrol.forgetful && (
          <Note kind="over" icon="alert">
            {gettext("This browser keeps nothing (a private window, or no space left): what is not sent is lost when the page closes.")}
          </Note>
        )}
        <a class="btn" href="/work">
          <Icon name="list" />
          {gettext("Work")}
        </a>
        <form method="post" action="/i18n/language">
          <input type="hidden" name="csrfmiddlewaretoken" value={csrfToken()} />
          <input type="hidden" name="next" value="/patrol" />
          <input type="hidden" name="language" value={chinese ? "en" : "zh-hans"} />
          <button type="submit" class="btn btn-block" lang={chinese ? "en" : "zh-hans"}>
            {chinese ? "English" : "中文"}
          </button>
        </form>
        <form method="post" action="/logout">
          <input type="hidden" name="csrfmiddlewaretoken" value={csrfToken()} />
          <button type="submit" class="btn btn-block">
            <Icon name="out" />
            {gettext("Sign out")}
          </button>
        </form>
      </main>
    </>
  );
}

function PostLine({ label, name }: { label: string; name: string }) {
  return (
    <>
      <dt>{label}</dt>
      <dd>{name}</dd>
    </>
  );
}
