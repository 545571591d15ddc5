import { changesOnly, pageFeed } from "../shared/live/feed.ts";
import { startPage } from "../shared/page.tsx";
import { WorkPage } from "./workpage.tsx";
import "./dispatch.css";
import "./work.css";

startPage((me) => <WorkPage me={me} feed={pageFeed(changesOnly)} />, { theme: "dark" });
