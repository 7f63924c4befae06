const KEYS_OF_TEXT = new Set(["INPUT", "TEXTAREA", "SELECT"]);

// What is written in a control is what the server says, but where somebody has typed what is not told yet.
function settle(root, typed) {
  for (const one of root.querySelectorAll("select")) {
    const chosen = one.querySelector("option[selected]");
    if (chosen && !typed.has(one)) one.value = chosen.value;
  }
  for (const one of root.querySelectorAll("input[data-set], input[data-rename], textarea[data-set]")) {
    const said = one.nodeName === "TEXTAREA" ? one.textContent : one.getAttribute("value") || "";
    if (!typed.has(one) && one.value !== said) one.value = said;
  }
}

// Who has the focus keeps it: where a renamed thing has a form anew, the control that stands in its place; else the canvas.
function held(root) {
  const CONTROLS = "input, select, textarea, button, summary";
  const at = root.getRootNode().activeElement;
  if (!at || !root.contains(at)) return () => {};
  const part = at.closest("[data-part]"), all = part ? [...part.querySelectorAll(CONTROLS)] : [];
  return () => {
    if (root.contains(root.getRootNode().activeElement)) return;
    const now = part ? [...part.querySelectorAll(CONTROLS)] : [];
    const other = now.length === all.length ? now[all.indexOf(at)] : null;
    (other || root).focus({ preventScroll: true });
  };
}

function download(order) {
  const keep = (blob) => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = order.name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  };
  if (!order.name.endsWith(".png")) {
    keep(new Blob([order.text], { type: order.type }));
    return;
  }
  const picture = new Image();
  picture.onload = () => {
    const scale = Math.min(2, 8000 / Math.max(picture.width, picture.height));
    const paper = document.createElement("canvas");
    paper.width = Math.max(1, picture.width * scale);
    paper.height = Math.max(1, picture.height * scale);
    paper.getContext("2d").drawImage(picture, 0, 0, paper.width, paper.height);
    paper.toBlob((blob) => blob && keep(blob), "image/png");
  };
  picture.src = "data:image/svg+xml;charset=utf-8," + encodeURIComponent(order.text);
}

export function render({ model, el }) {
  const root = document.createElement("div");
  root.className = "board";
  root.tabIndex = -1;
  root.innerHTML = model.markup;
  const place = root.querySelector("[data-flow]");
  place.append(model.get_child("flow"));

  // In a notebook: no key of ours is one of the notebook's, and colours follow its theme.
  const host = model.alone ? el.getRootNode().host || el : null;
  if (host) {
    host.setAttribute("data-lm-suppress-shortcuts", "true");
    const dark = window.matchMedia("(prefers-color-scheme: dark)");
    const colour = () => {
      const theme = document.body.dataset.jpThemeLight;
      host.toggleAttribute("data-dark", theme ? theme === "false" : dark.matches);
    };
    new MutationObserver(colour).observe(document.body, { attributes: true, attributeFilter: ["data-jp-theme-light"] });
    colour();
  }

  // React Flow knows two sides for ports, left and right; where ours are is said before it measures them.
  const turn = (from) => {
    for (const port of from.querySelectorAll?.(".react-flow__handle") || []) {
      const kind = [...(port.closest(".react-flow__node")?.classList || [])].find((name) => name.startsWith("k-"));
      const way = port.classList.contains("target") ? "target" : "source";
      const side = model.sides[`${kind?.slice(2)} ${way} ${port.dataset.handleid}`];
      if (side && port.dataset.handlepos !== side) port.dataset.handlepos = side;
    }
  };
  const drawn = place.firstElementChild?.shadowRoot || place;
  turn(drawn);
  new MutationObserver((changes) => {
    for (const change of changes) for (const node of change.addedNodes) if (node.nodeType === 1) turn(node.parentElement || node);
  }).observe(drawn, { childList: true, subtree: true });

  const inFlow = (event) => event.composedPath().includes(place);
  const part = (event, selector) => event.composedPath().find((one) => one.matches?.(selector));
  const inside = () => {
    const found = place.querySelector("*");
    return found?.shadowRoot || place;
  };
  // What may take away what has the focus leaves it to the canvas, so that keys go on to be ours.
  const REPLACING = new Set(["undo", "redo", "delete", "go", "escape", "down"]);
  // Who presses a key right after a click is faster than the flow tells of the click.
  const ON_SELECTED = new Set(["delete", "copy", "knock", "nudge"]);
  const tell = (what, given = {}) => {
    const active = root.getRootNode().activeElement;
    if (REPLACING.has(what) && active && (place.contains(active) || active.closest?.(".crumbs, .over"))) {
      root.focus({ preventScroll: true });
    }
    if (ON_SELECTED.has(what) && !("selected" in given)) {
      const chosen = [...inside().querySelectorAll(".react-flow__node.selected, .react-flow__edge.selected")];
      if (chosen.length) given = { ...given, selected: chosen.map((one) => one.dataset.id).join("\n") };
    }
    model.send_msg({ do: what === "down" ? "open" : what, given });
  };

  const focusOn = (name) => {
    if (name === "flow") { root.focus({ preventScroll: true }); return; }
    const found = root.querySelector(`#${CSS.escape(name)}`);
    if (!found) return;
    for (let up = found.parentElement; up; up = up.parentElement) if (up.nodeName === "DETAILS") up.open = true;
    const over = name === "asked" ? found.closest(".over")?.querySelector("input, select, form button") : null;
    (over || found).focus();
    (over || found).scrollIntoView({ block: "nearest" });
  };
  const typed = new WeakSet();  // fields in which something was typed that is not told yet
  const put = (parts) => {
    const focus = held(root);
    for (const [name, markup] of Object.entries(parts)) {
      const where = root.querySelector(`[data-part="${name}"]`);
      if (!where) continue;
      const next = document.createElement("template");
      next.innerHTML = markup;
      children(where, next.content);
    }
    settle(root, typed);
    focus();
    const table = root.querySelector(".over.wide");
    place.inert = Boolean(table);
    for (const one of root.querySelectorAll("[data-fold]")) {
      one.setAttribute("aria-expanded", String(root.classList.contains(`open-${one.dataset.fold}`)));
    }
  };
  put(model.first);
  model.on("msg:custom", (message) => {
    const said = message?.data ?? message;
    if (said?.parts) put(said.parts);
    for (const order of said?.orders || []) {
      if (order.download) download(order.download);
      if (order.focus) focusOn(order.focus);
    }
  });

  // Buttons and forms

  const valuesOf = (element, form) => {
    const given = {};
    if (form) for (const [name, value] of new FormData(form)) if (typeof value === "string") given[name] = value;
    for (const [name, value] of Object.entries(element.dataset)) if (name !== "do") given[name] = value;
    return given;
  };
  root.addEventListener("click", (event) => {
    const fold = event.target.closest?.("[data-fold]");
    if (fold) {
      const other = fold.dataset.fold === "palette" ? "sides" : "palette";
      root.classList.remove(`open-${other}`);
      root.classList.toggle(`open-${fold.dataset.fold}`);
      put({});
      return;
    }
    const item = event.target.closest?.("[data-item]");
    if (item) {  // Enter and Space have no count; a click alone says what to do
      tell(event.detail % 2 === 0 ? "add" : "item", { kind: item.dataset.item });
      return;
    }
    const pressed = event.target.closest?.("[data-do]");
    if (!pressed || pressed.nodeName === "FORM" || pressed.type === "submit") return;
    event.preventDefault();
    tell(pressed.dataset.do, valuesOf(pressed, null));
  });
  root.addEventListener("submit", (event) => {
    if (!event.target.dataset.do) return;
    event.preventDefault();
    tell(event.target.dataset.do, valuesOf(event.target, event.target));
  });
  // Enter ends typing, as Tab does; some browsers tell of a change then by themselves, and once more when the field is
  // left. What was typed is told once.
  const SENDS = "[data-set], [data-choose], [data-switch], [data-end], [data-rename]";
  const done = (one) => { if (typed.has(one)) one.dispatchEvent(new Event("change", { bubbles: true })); };
  root.addEventListener("input", (event) => { if (event.target.matches?.(SENDS)) typed.add(event.target); });
  root.addEventListener("change", (event) => {
    const one = event.target, data = one.dataset || {};
    if (!typed.delete(one)) return;
    if (data.set) tell("set", { at: data.set, kind: data.kind, value: one.value });
    else if (data.choose) tell("choose", { at: data.choose, value: one.value });
    else if (data.switch) tell("switch", { at: data.switch, value: one.value });
    else if (data.end) tell("end", { at: data.end, value: one.value });
    else if (data.rename) tell("rename", { id: data.rename, value: one.value });
  });
  root.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target.nodeName === "INPUT") done(event.target);
  });
  let waiting = null;
  root.addEventListener("input", (event) => {
    const box = event.target, live = box.dataset?.live;  // later, an event out of a shadow tree knows its host alone
    if (!live) return;
    clearTimeout(waiting);
    waiting = setTimeout(() => tell(live, { value: box.value }), 120);
  });

  // Palette and files

  root.addEventListener("dragstart", (event) => {
    const item = event.target.closest?.("[data-item]");
    if (!item) return;
    event.dataTransfer.setData(model.mime, JSON.stringify({ kind: item.dataset.item }));
    event.dataTransfer.effectAllowed = "copy";
  });
  const bring = (where, file) => {
    if (!file) return;
    if (file.size > Number(where.dataset.most)) { tell("too-large", { name: file.name }); return; }
    const reader = new FileReader();
    reader.onload = () => tell("brought", { name: file.name, data: reader.result.split(",")[1] || "" });
    reader.readAsDataURL(file);
  };
  root.addEventListener("change", (event) => {
    const where = event.target.closest?.("[data-drop]");
    if (!where || event.target.type !== "file") return;
    bring(where, event.target.files[0]);
    event.target.value = "";
  });
  // A file that is too large is not read: the flow would read all of it before it told anybody.
  root.addEventListener("drop", (event) => {
    const files = event.dataTransfer?.files;
    if (!files?.length) return;
    event.preventDefault();
    if (!inFlow(event)) { event.stopPropagation(); return; }
    const large = [...files].find((file) => file.size > 1000000);
    if (large) { event.stopPropagation(); tell("too-large", { name: large.name }); }
  }, true);
  root.addEventListener("dragover", (event) => {
    if ([...(event.dataTransfer?.types || [])].includes("Files")) event.preventDefault();
  });

  // The flow

  root.addEventListener("dblclick", (event) => {
    const node = part(event, ".react-flow__node");
    if (!node) return;
    event.stopPropagation();
    tell("down", { id: node.dataset.id });
  }, true);
  const end = (found) => ({ node: found?.dataset.nodeid, port: found?.dataset.handleid, source: found?.classList.contains("source") });
  root.addEventListener("pointerup", (event) => {
    const flow = inside();
    const to = flow.querySelector(".react-flow__handle.connectingto:not(.valid)");
    const from = flow.querySelector(".react-flow__handle.connectingfrom");
    if (!to || !from || to === from) return;
    const [a, b] = end(from).source ? [end(from), end(to)] : [end(to), end(from)];
    tell("refused", { source: a.node, sourceHandle: a.port, target: b.node, targetHandle: b.port });
  }, true);
  const measure = () => {
    const box = place.getBoundingClientRect();
    if (box.width && box.height) tell("pane", { width: String(box.width), height: String(box.height) });
  };
  let measuring = null;
  const watch = () => new ResizeObserver(() => {
    clearTimeout(measuring);
    measuring = setTimeout(measure, 200);
  }).observe(place);
  const shown = () => {  // the flow fits its nodes into the pane by itself first: ours comes after
    const node = inside().querySelector(".react-flow__node");
    return node && getComputedStyle(node).visibility === "visible";
  };
  const begin = () => {
    if (!shown()) requestAnimationFrame(begin);
    else requestAnimationFrame(() => { measure(); watch(); });
  };
  begin();
  root.addEventListener("click", (event) => {  // its own button knows nothing of what lies over the pane
    if (!part(event, ".react-flow__controls-fitview")) return;
    event.stopPropagation();
    tell("fit");
  }, true);

  // Keys: only those pressed within this canvas, and none while somebody types

  const KEYS = {
    "c:z": "undo", "c:y": "redo", "cs:z": "redo", "c:s": "save", "c:c": "copy", "c:v": "paste", "c:f": "search",
    ":/": "search", ":?": "keys", "s:?": "keys", "s:/": "search", ":Delete": "delete", ":Backspace": "delete",
  };
  root.addEventListener("keydown", (event) => {
    const at = event.composedPath()[0];
    const typing = KEYS_OF_TEXT.has(at?.nodeName) || at?.isContentEditable;
    if (event.altKey) return;
    const mark = `${event.ctrlKey || event.metaKey ? "c" : ""}${event.shiftKey ? "s" : ""}:${event.key.length === 1 ? event.key.toLowerCase() : event.key}`;
    const what = KEYS[mark];
    const take = () => { event.preventDefault(); event.stopPropagation(); };
    if (typing) {
      if (mark === "c:s") { take(); done(at); tell("save"); }
      if ((what === "undo" || what === "redo") && at.matches(SENDS) && !typed.has(at)) { take(); tell(what); }  // of the canvas
      if (event.key === "Escape") { take(); focusOn("flow"); tell("escape"); }
      const form = event.key === "Enter" && at.nodeName === "INPUT" ? at.closest("form[data-do]") : null;
      if (form) { take(); tell(form.dataset.do, valuesOf(form, form)); }  // a notebook lets no form be sent
      return;
    }
    const node = part(event, ".react-flow__node");
    if (what) {
      if (what === "copy" && String(document.getSelection() || "")) return;
      if (event.key === "Backspace" && !inFlow(event) && at !== root) return;
      take();
      if (what === "search" || what === "keys") tell("ask", { panel: what });
      else tell(what);
    } else if (event.key === "Escape") {
      take();
      tell("escape");
    } else if (event.key.startsWith("Arrow") && !event.ctrlKey && !event.metaKey && (at === root || inFlow(event))) {
      take();
      const other = node && !node.classList.contains("selected");  // it has the focus, and is to be moved
      if (other) tell("pick", { id: node.dataset.id });
      tell("nudge", other ? { key: event.key, selected: node.dataset.id } : { key: event.key });
    } else if (event.key === "Enter" && node && at === node) {
      take();
      tell(node.classList.contains("opens") ? "down" : "open", { id: node.dataset.id });
    }
  }, true);

  root.dataset.ready = "yes";
  return root;
}
