import "./map.css";
import { startPage } from "../shared/page.tsx";
import { MapPage } from "./mappage.tsx";

/** `?wall=1`: for a screen seen from three metres; larger, and without steps and keys. */
if (new URLSearchParams(location.search).get("wall") === "1") document.documentElement.dataset["size"] = "wall";

startPage((me) => <MapPage me={me} />, { theme: "dark" });
