// Niceties only; the page is whole without them.
(() => {
  "use strict";
  const section = document.getElementById("transcript");
  const exchanges = [...section.querySelectorAll(".exchange")];
  if (exchanges.length > 1) {
    const tools = document.createElement("div");
    tools.className = "tools";
    const field = document.createElement("input");
    field.type = "search";
    field.placeholder = "Filter by role, step or text";
    field.setAttribute("aria-label", "Filter the transcript");
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = "Open all";
    const told = document.createElement("span");
    told.className = "quiet";
    told.setAttribute("role", "status");
    field.addEventListener("input", () => {
      const wanted = field.value.trim().toLowerCase();
      let left = 0;
      for (const exchange of exchanges) {
        exchange.hidden = wanted !== "" && !exchange.textContent.toLowerCase().includes(wanted);
        left += exchange.hidden ? 0 : 1;
      }
      told.textContent = wanted ? `${left} of ${exchanges.length} calls` : "";
    });
    button.addEventListener("click", () => {
      const open = button.textContent === "Open all";
      exchanges.forEach((exchange) => { exchange.open = open; });
      button.textContent = open ? "Close all" : "Open all";
    });
    tools.append(field, button, told);
    exchanges[0].before(tools);
  }
  window.addEventListener("beforeprint", () => {
    document.querySelectorAll("details").forEach((details) => { details.open = true; });
  });
})();
