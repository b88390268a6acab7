/* kernelref: opens a folded card that a link leads to, and folds or opens all cards at once. */
(() => {
  "use strict";

  const CARD = ".kernelref-card > details";

  const openTarget = () => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    const own = target.querySelector(":scope > details.kernelref-foldable");
    for (let at = own ?? target; at; at = at.parentElement) if (at.tagName === "DETAILS") at.open = true;
    if (own) target.scrollIntoView();
  };

  const start = () => {
    const cards = [...document.querySelectorAll(CARD)];
    const button = document.querySelector(".kernelref-fold-all");
    if (button && cards.length > 1) {
      const say = () => {
        const open = cards.some((card) => card.open);
        button.textContent = open ? button.dataset.fold : button.dataset.open;
        return open;
      };
      button.hidden = false;
      button.addEventListener("click", () => {
        const open = say();
        for (const card of cards) card.open = !open;
        say();
      });
      document.addEventListener("toggle", say, true);
      say();
    }
    addEventListener("hashchange", openTarget);
    // A link to where the address already leads changes nothing in it.
    document.addEventListener("click", (event) => {
      const link = event.target.closest?.("a");
      if (link && link.hash && link.hash === location.hash) openTarget();
    });
    openTarget();
  };

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
