// Stands where a page comes to be: asks for it once it can be told, and passes on what is said of the page as a whole.

// Bokeh takes models that came from the server for new ones, and would send them back whole with what is told next.
function mindWhatCame(doc) {
  if (!doc._new_models || doc.vsmlabMinds) return;
  const apply = doc.apply_json_patch.bind(doc);
  doc.vsmlabMinds = true;
  doc.apply_json_patch = (...given) => {
    const own = new Set(doc._new_models);
    apply(...given);
    for (const one of [...doc._new_models]) if (!own.has(one)) doc._new_models.delete(one);
  };
}

export function render({ model }) {
  const waiting = document.createElement("p");
  waiting.setAttribute("role", "status");
  waiting.textContent = "…";
  window.Bokeh.documents.forEach(mindWhatCame);
  model.on("msg:custom", (message) => {
    const said = message?.data ?? message;
    if (said?.heading !== undefined) {
      window.vsmlabPage.shown(said.heading, said.lead);
      waiting.remove();
    }
    if (said?.working !== undefined) window.vsmlabPage.working(said.working);
    if (said?.wrong) window.vsmlabPage.wrong(said.wrong);
  });
  model.send_msg({ do: "ready" });
  return waiting;
}
