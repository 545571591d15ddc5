import { startPage } from "../shared/page.tsx";
import { ShiftsPage } from "./shiftspage.tsx";
import "../shared/styles/registers.css";
import "./shifts.css";

startPage((me) => <ShiftsPage me={me} />, { theme: "dark" });
