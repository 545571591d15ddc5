import { startPage } from "../shared/page.tsx";
import { CoveragePage } from "./coveragepage.tsx";
import "./dispatch.css";
import "./coverage.css";
import "../shared/styles/registers.css";

startPage((me) => <CoveragePage me={me} />, { theme: "dark" });
