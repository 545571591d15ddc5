import { startPage } from "../shared/page.tsx";
import { EvaluationPage } from "./evaluationpage.tsx";
import "../shared/styles/registers.css";
import "./evaluation.css";

startPage((me) => <EvaluationPage me={me} />, { theme: "light" });
