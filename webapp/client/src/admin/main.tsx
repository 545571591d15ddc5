import { startPage } from "../shared/page.tsx";
import { AdminPage } from "./adminpage.tsx";
import "../shared/styles/registers.css";
import "./admin.css";

startPage((me) => <AdminPage me={me} />, { theme: "light" });
