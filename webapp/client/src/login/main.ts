/** The server draws the sign-in page; what comes from here is the look that all pages share, and the chosen theme. */
import "../shared/styles/tokens.css";
import "../shared/styles/components.css";
import { keptTheme } from "../shared/theme.ts";

const kept = keptTheme();
if (kept) document.documentElement.dataset["theme"] = kept;
