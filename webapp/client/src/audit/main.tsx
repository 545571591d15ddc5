import { startPage } from "../shared/page.tsx";
import { AuditPage } from "./auditpage.tsx";
import "../shared/styles/registers.css";
import "./audit.css";

startPage((me) => <AuditPage me={me} />, { theme: "dark" });
