// Puts the parts of a sheet where they belong and tells back what people do. All text comes escaped from the server.
function sameKind(a, b) {
  return a.nodeType === b.nodeType && a.nodeName === b.nodeName && (a.dataset?.key || "") === (b.dataset?.key || "");
}

// Change what differs and leave the rest: focus, selection and half-done clicks stay.
function become(now, next) {
  if (now.nodeType === Node.TEXT_NODE) {
    if (now.data !== next.data) now.data = next.data;
    return;
  }
  if (now.nodeType !== Node.ELEMENT_NODE) return;
  for (const name of now.getAttributeNames()) {
    if (!next.hasAttribute(name) && !(name === "open" && now.nodeName === "DETAILS")) now.removeAttribute(name);
  }
  for (const name of next.getAttributeNames()) {
    if (now.getAttribute(name) === next.getAttribute(name)) continue;
    now.setAttribute(name, next.getAttribute(name));
    if (name === "value") now.value = next.getAttribute(name);
  }
  children(now, next);
}

function children(now, next) {
  let here = now.firstChild;
  for (const wanted of [...next.childNodes]) {
    let found = here;
    while (found && !sameKind(found, wanted)) found = found.nextSibling;
    if (!found) {
      now.insertBefore(wanted, here);
      continue;
    }
    while (here !== found) { const gone = here; here = here.nextSibling; gone.remove(); }
    here = found.nextSibling;
    become(found, wanted);
  }
  while (here) { const gone = here; here = here.nextSibling; gone.remove(); }
}

export function render({ model }) {
  const root = document.createElement("div");
  root.className = "view";
  root.innerHTML = model.layout;
  // What asks something, or was asked for, gets the focus; when it goes away, what was pressed for it has it again.
  const asking = new Map();  // element: how often it was asked for, and by what
  let pressed = null;
  const attend = (first) => {
    for (const [element, { by, around }] of asking) {
      if (element.isConnected && "ask" in element.dataset) continue;
      asking.delete(element);
      if (document.activeElement && document.activeElement !== document.body) continue;  // it is not lost
      const back = by?.isConnected ? by : around;
      if (back?.isConnected) back.focus({ preventScroll: back !== by });
    }
    for (const element of root.querySelectorAll("[data-ask]")) {
      const had = asking.get(element), times = element.dataset.ask;
      if (had?.times === times) continue;
      const again = had && (!pressed?.isConnected || element.contains(pressed));  // it was not opened from there
      asking.set(element, again ? { ...had, times } : { times, by: pressed, around: pressed?.closest("[tabindex='0']") });
      if (!first) (element.querySelector("[data-first]") || element).focus();
    }
  };
  const known = {};
  const put = (parts) => {
    Object.assign(known, parts);
    for (const [name, markup] of Object.entries(parts)) {
      const place = root.querySelector(`[data-part="${name}"]`);
      if (!place) continue;
      const next = document.createElement("template");
      next.innerHTML = markup;
      // a part inside this one comes with what it shows: it is not sent again because this one was
      for (const inner of next.content.querySelectorAll("[data-part]")) inner.innerHTML = known[inner.dataset.part] || "";
      children(place, next.content);
    }
  };
  put(model.parts);
  attend(true);
  model.on("msg:custom", (message) => {
    const said = message?.data ?? message;
    if (!said?.parts) return;
    put(said.parts);
    attend(false);
  });

  const tell = (what, given) => model.send_msg({ do: what, given });
  const valuesOf = (element, form) => {
    const given = {};
    if (form) for (const [name, value] of new FormData(form)) if (typeof value === "string") given[name] = value;
    for (const [name, value] of Object.entries(element.dataset)) if (name !== "do") given[name] = value;
    return given;
  };

  root.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#system-'], a[*|href^='#system-']");
    if (link) {
      event.preventDefault();
      const path = (link.getAttribute("href") || "").slice("#system-".length);
      tell("level", { path: decodeURIComponent(path) });
      return;
    }
    const button = event.target.closest("[data-do]");
    if (!button || button.nodeName === "FORM") return;
    if (button.type === "submit") return;
    event.preventDefault();
    pressed = button;
    tell(button.dataset.do, valuesOf(button, button.closest("form")));
  });
  root.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.dataset.do) return;
    event.preventDefault();
    pressed = event.submitter || form;
    tell(form.dataset.do, valuesOf(form, form));
  });

  root.addEventListener("keydown", (event) => {
    const question = event.key === "Escape" && event.target.closest("[data-escape]");
    if (question) tell(question.dataset.escape, {});
  });

  const waiting = new Map();  // by field: one that is filled soon after another does not silence it
  root.addEventListener("input", (event) => {
    const typed = event.target;  // outside of this call the event only knows the element around us
    const live = typed.dataset.live;
    if (!live) return;
    clearTimeout(waiting.get(live));
    waiting.set(live, setTimeout(() => tell(live, { value: typed.value }), 120));
  });

  // A large file goes as it is, not through the socket; the server answers with what it calls it.
  const send = (place, file) => {
    const asked = new XMLHttpRequest(), told = place.querySelector("[data-arriving]");
    const say = (text) => { if (told) told.textContent = text; };
    asked.open("POST", place.dataset.post);
    asked.setRequestHeader("Content-Type", "application/octet-stream");
    asked.upload.onprogress = (event) => say(`Sending ${file.name}: ${Math.round(100 * event.loaded / event.total)} %`);
    asked.onloadend = () => {
      say("");
      if (asked.status === 200) tell(place.dataset.drop, { name: file.name, token: asked.responseText.trim() });
      else tell("not-arrived", { name: file.name, why: asked.responseText.slice(0, 300) });
    };
    say(`Sending ${file.name}`);
    asked.send(file);
  };
  // A file that is chosen or dropped is read here and sent whole; the server looks at its size again.
  const bring = (place, file) => {
    if (!file) return;
    if (file.size > Number(place.dataset.most)) {
      tell("too-large", { name: file.name, size: String(file.size) });
      return;
    }
    if (place.dataset.post) {
      send(place, file);
      return;
    }
    const reader = new FileReader();
    reader.onload = () => tell(place.dataset.drop, { name: file.name, data: reader.result.split(",")[1] || "" });
    reader.readAsDataURL(file);
  };
  root.addEventListener("change", (event) => {
    const place = event.target.closest("[data-drop]");
    if (place && event.target.type === "file") {
      bring(place, event.target.files[0]);
      event.target.value = "";
    }
  });
  for (const kind of ["dragover", "dragleave", "drop"]) {
    root.addEventListener(kind, (event) => {
      const place = event.target.closest?.("[data-drop]");
      if (!place) return;
      event.preventDefault();
      place.classList.toggle("over", kind === "dragover");
      if (kind === "drop") bring(place, event.dataTransfer.files[0]);
    });
  }
  root.dataset.ready = "yes";
  tell("ready", {});
  return root;
}
