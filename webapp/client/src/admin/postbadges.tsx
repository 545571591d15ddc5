/* The posts of an account in one line. */
import { gettext } from "../shared/i18n.ts";
import { Badge } from "../shared/ui/index.ts";
import type { PostRow } from "./api.ts";

const MOST = 3;

export function PostBadges({ posts }: { posts: PostRow[] }) {
  if (posts.length === 0) return <span class="dim">{gettext("none")}</span>;
  return (
    <span class="row">
      {posts.slice(0, MOST).map((post) => (
        <Badge key={post.id} kind={post.begun ? "normal" : "wait"} title={`${post.organisation} ${post.ground}`}>
          {post.organisation} {post.role_label}
        </Badge>
      ))}
      {posts.length > MOST && <span class="dim">+{posts.length - MOST}</span>}
    </span>
  );
}
