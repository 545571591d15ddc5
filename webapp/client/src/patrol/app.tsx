/* The patrol page: one screen at a time, the tabs below, and what must be said on every screen. */
import { useEffect, useState } from "preact/hooks";
import { type Me, onSignedOut } from "../shared/api/index.ts";
import { gettext } from "../shared/i18n.ts";
import { Icon, type IconName, Note, Toasts } from "../shared/ui/index.ts";
import { EventScreen } from "./eventscreen.tsx";
import { Home } from "./home.tsx";
import { type Listed, useOnline, useView } from "./lists.ts";
import { MePage } from "./mepage.tsx";
import { Mine } from "./mine.tsx";
import { type Patrol, usePatrol } from "./model.ts";
import { NoticeScreen } from "./noticescreen.tsx";
import { ReportScreen } from "./reportscreen.tsx";
import { type Rounds, useRounds } from "./rounds.ts";
import { hashOf, type Screen, screenOf } from "./route.ts";
import { SolveScreen } from "./solvescreen.tsx";

export function PatrolApp({ me }: { me: Me }) {
  const patrol = usePatrol(me);
  const rounds = useRounds(me);
  const screen = useScreen();
  const online = useOnline();
  const signedOut = useSignedOut();
  const delivered = patrol.reports.filter((report) => report.standing === "delivered").length;
  const [turn, setTurn] = useState(0);
  /* Whoever turns to a list gets it as it is now, not as it was up to a minute ago. */
  const tasks = useView("to_check", "due", `${turn}-${screen.name === "home"}`);
  const verifies = useView("to_verify", "due", `${turn}-${screen.name === "home"}`);
  const mine = useView("mine", "-reported", `${delivered}-${turn}-${screen.name === "mine"}`, me.can.report);
  const connected = online && tasks.problem?.status !== 0;
  const tabs = screen.name === "home" || screen.name === "mine" || screen.name === "me";
  return (
    <div class="phone">
      {signedOut && (
        <Note kind="near" icon="lock">
          {gettext("You are signed out. What you wrote is kept on this phone.")} <a href="/login?next=/patrol">{gettext("Sign in again")}</a>
        </Note>
      )}
      <Shown screen={screen} patrol={patrol} rounds={rounds} tasks={tasks} verifies={verifies} mine={mine} connected={connected} onChanged={() => setTurn(turn + 1)} />
      {tabs && <Tabs screen={screen} unsent={patrol.reports.length - delivered} />}
      <Toasts />
    </div>
  );
}

function Shown(props: { screen: Screen; patrol: Patrol; rounds: Rounds; tasks: Listed; verifies: Listed; mine: Listed; connected: boolean; onChanged: () => void }) {
  const { screen, patrol, tasks, verifies, mine, connected } = props;
  switch (screen.name) {
    case "report":
      return <ReportScreen key={screen.id} patrol={patrol} id={screen.id} />;
    case "solve":
      return <SolveScreen key={screen.id} patrol={patrol} id={screen.id} />;
    case "event":
      return <EventScreen key={screen.no} patrol={patrol} no={screen.no} onChanged={props.onChanged} />;
    case "mine":
      return <Mine patrol={patrol} mine={mine} connected={connected} />;
    case "me":
      return <MePage patrol={patrol} />;
    case "notices":
      return <NoticeScreen />;
    case "home":
      return <Home patrol={patrol} rounds={props.rounds} checks={tasks} verifies={verifies} connected={connected} />;
  }
}

function useScreen(): Screen {
  const [screen, setScreen] = useState(() => screenOf(location.hash));
  useEffect(() => {
    const moved = (): void => {
      setScreen(screenOf(location.hash));
      scrollTo(0, 0);
    };
    addEventListener("hashchange", moved);
    return () => removeEventListener("hashchange", moved);
  }, []);
  return screen;
}

/** A session that ended must not throw the officer off the page: it is said, and the way back is offered. */
function useSignedOut(): boolean {
  const [signedOut, setSignedOut] = useState(false);
  useEffect(() => {
    onSignedOut.leave = () => setSignedOut(true);
  }, []);
  return signedOut;
}

function Tabs({ screen, unsent }: { screen: Screen; unsent: number }) {
  const tabs: { to: Screen; icon: IconName; label: string; count?: number }[] = [
    { to: { name: "home" }, icon: "home", label: gettext("Start") },
    { to: { name: "mine" }, icon: "inbox", label: gettext("My reports"), count: unsent },
    { to: { name: "me" }, icon: "user", label: gettext("Me") },
  ];
  return (
    <nav class="tabs" aria-label={gettext("Screens")}>
      {tabs.map(({ to, icon, label, count }) => (
        <a key={to.name} href={hashOf(to)} {...(to.name === screen.name ? { "aria-current": "page" as const } : {})}>
          <Icon name={icon} size="xl" />
          <span>
            {label}
            {count ? <span class="tab-count"> ({count})</span> : null}
          </span>
        </a>
      ))}
    </nav>
  );
}
