import { startPage } from "../shared/page.tsx";
import { SharingPage } from "./sharingpage.tsx";
import "./dispatch.css";
import "../shared/styles/registers.css";
import "./sharing.css";

startPage((me) => <SharingPage me={me} />, { theme: "dark" });
