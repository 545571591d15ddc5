import { startPage } from "../shared/page.tsx";
import { RulesPage } from "./rulespage.tsx";
import "../shared/styles/registers.css";
import "./rules.css";

startPage((me) => <RulesPage me={me} />, { theme: "dark" });
