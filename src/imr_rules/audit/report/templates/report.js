"use strict";
(function () {
  const filter = document.getElementById("filter");
  const findings = Array.from(document.querySelectorAll("#findings article.finding"));
  const count = document.getElementById("count");
  const words = findings.map((finding) => finding.textContent.toLowerCase());
  function apply() {
    const kind = filter.elements.kind.value;
    const severity = filter.elements.severity.value;
    const least = Number(filter.elements.confidence.value);
    const search = filter.elements.search.value.trim().toLowerCase().split(/\s+/);
    let shown = 0;
    findings.forEach((finding, place) => {
      const data = finding.dataset;
      const fits = (!kind || data.kind === kind) && (!severity || data.severity === severity)
        && Number(data.confidence) >= least && search.every((word) => words[place].includes(word));
      finding.hidden = !fits;
      shown += fits ? 1 : 0;
    });
    count.value = shown + " of " + findings.length + " findings";
  }
  filter.hidden = false;
  filter.addEventListener("input", apply);
  filter.addEventListener("submit", (event) => event.preventDefault());
  apply();
})();
