import { startPage } from "../shared/page.tsx";
import { TemplatesPage } from "./templatespage.tsx";
import "../shared/styles/registers.css";
import "./templates.css";

startPage((me) => <TemplatesPage me={me} />, { theme: "dark" });
