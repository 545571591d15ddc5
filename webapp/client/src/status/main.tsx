import { startPage } from "../shared/page.tsx";
import { StatusView } from "./statuspage.tsx";
import "../shared/styles/registers.css";
import "./status.css";

startPage((me) => <StatusView me={me} />, { theme: "light" });
