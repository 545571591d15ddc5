import { oneEvent, pageFeed } from "../shared/live/feed.ts";
import { startPage } from "../shared/page.tsx";
import { CasePage } from "./casepage.tsx";
import "./dispatch.css";
import "./case.css";

/** The number in /events/<no>. */
const no = decodeURIComponent(location.pathname.split("/").filter(Boolean)[1] ?? "");

document.title = no;
startPage((me) => <CasePage me={me} feed={pageFeed(() => oneEvent(no))} no={no} />, { theme: "dark" });
