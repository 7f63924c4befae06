// Around every page, before anything else of it: whether the lab is still there, what went wrong, light and dark.
(function () {
  "use strict";
  const AWHILE = 400;  // a socket may close because the page is being left
  let leaving = false, gone = false;

  // A word in a region that is read out at once; the page itself says what it can in its own place.
  function say(place, text, buttons) {
    const box = document.getElementById(place), told = document.createElement("p");
    told.textContent = text;
    box.replaceChildren(told, ...buttons);
  }
  function button(name, act) {
    const made = document.createElement("button");
    made.type = "button";
    made.textContent = name;
    made.addEventListener("click", act);
    return made;
  }

  async function again() {
    let why = "";
    say("gone", "Looking whether the lab is there again …", []);
    try {
      const answer = await fetch(location.href, { cache: "no-store" });
      if (answer.ok) { location.reload(); return; }
      why = answer.status === 403
        ? "A lab is there, but another than the one that you opened: open the address that it printed."
        : "Something else answers there (" + answer.status + ").";
    } catch (error) {
      why = "The lab is not there yet. Start it (vsmlab app), then reload.";
    }
    offer(why);
  }
  function offer(text) {
    const reload = button("Reload", again);
    say("gone", text, [reload]);
    reload.focus();
  }
  function lost() {
    if (gone || leaving) return;
    gone = true;
    const box = document.getElementById("gone");
    for (const one of document.body.children) if (one !== box) one.inert = true;
    const drawn = document.querySelector("main").dataset.page === "/canvas"
      ? " What was changed until then is kept as a draft, which the canvas offers when it is opened again." : "";
    offer("The lab is not there any more; nothing you do here is kept." + drawn);
  }

  // What the page is told comes by a socket, whoever opens it; Bokeh's own event is silent once a download has begun.
  const Plain = window.WebSocket;
  window.WebSocket = class extends Plain {
    constructor(...given) {
      super(...given);
      this.addEventListener("close", () => setTimeout(lost, AWHILE));
    }
  };
  addEventListener("pagehide", () => { leaving = true; });
  addEventListener("pageshow", (event) => {
    leaving = false;
    if (event.persisted) setTimeout(lost, AWHILE);  // taken out of the browser's memory, and its socket was closed
  });

  // What the lab says of the page as a whole: see opening.js.
  window.vsmlabPage = {
    shown: (heading, lead) => {
      document.getElementById("heading").textContent = heading;
      document.getElementById("lead").textContent = lead;
      document.title = heading + " – vsmlab";
    },
    working: (on) => { document.getElementById("working").textContent = on ? "Working on it …" : ""; },
    wrong: (text) => {
      if (!gone) say("wrong", text, [button("Close", () => document.getElementById("wrong").replaceChildren())]);
    },
  };

  // Where the lab is, for whoever types its address without the rest; another port does not see it.
  try { localStorage.setItem("vsmlab-place", new URL(".", location.href).pathname); } catch (error) { /* then not */ }

  const root = document.documentElement, wide = window.matchMedia("(prefers-color-scheme: dark)");
  let kept = null;
  try { kept = localStorage.getItem("vsmlab-theme"); } catch (error) { kept = null; }
  if (kept === "light" || kept === "dark") root.dataset.theme = kept;
  document.addEventListener("DOMContentLoaded", () => {
    const theme = document.getElementById("theme");
    const dark = () => (root.dataset.theme ? root.dataset.theme === "dark" : wide.matches);
    const name = () => {
      theme.textContent = dark() ? "Light" : "Dark";
      theme.setAttribute("aria-label", (dark() ? "Light" : "Dark") + " colours");
    };
    theme.addEventListener("click", () => {
      root.dataset.theme = dark() ? "light" : "dark";
      try { localStorage.setItem("vsmlab-theme", root.dataset.theme); } catch (error) { /* only for this page then */ }
      name();
    });
    wide.addEventListener("change", name);
    name();
  }, { once: true });  // what Panel brings says it a second time
})();
