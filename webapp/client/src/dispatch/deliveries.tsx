import { startPage } from "../shared/page.tsx";
import { DeliveriesPage } from "./deliveriespage.tsx";
import "./dispatch.css";
import "../shared/styles/registers.css";

startPage((me) => <DeliveriesPage me={me} />, { theme: "dark" });
