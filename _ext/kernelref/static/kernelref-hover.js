/* kernelref: shows the card of a reference on hover, focus and tap. Esc, or a tap elsewhere, closes it. */
(() => {
  "use strict";

  const LINK = 'a[aria-describedby^="kernelref-hover-"]';
  const DELAY = { open: 180, close: 220 }; // ms: long enough to pass by, and to reach the card
  const GAP = 6; // px
  let shown = null; // { link, card }
  let timer = 0;
  let pointer = "mouse"; // what pressed last

  const linkOf = (event) => event.target.closest?.(LINK);
  const cardOf = (link) => document.getElementById(link.getAttribute("aria-describedby"))?.parentElement;

  // Below the line of the link that the pointer is on, else above it; never out of the window at a side.
  const place = (link, card, at) => {
    const lines = [...link.getClientRects()];
    const line = lines.find((r) => at && r.top <= at.y && at.y <= r.bottom) ?? lines[0] ?? link.getBoundingClientRect();
    card.style.left = card.style.top = "0px";
    const origin = card.getBoundingClientRect();
    const window_ = document.documentElement;
    const left = Math.max(GAP, Math.min(line.left, window_.clientWidth - origin.width - GAP));
    const below = line.bottom + GAP;
    const above = line.top - GAP - origin.height;
    const top = below + origin.height > window_.clientHeight && above >= 0 ? above : below;
    card.style.left = `${left - origin.left}px`;
    card.style.top = `${top - origin.top}px`;
  };

  const close = () => {
    clearTimeout(timer);
    if (!shown) return;
    shown.card.classList.remove("kernelref-hover-open");
    if (shown.card.matches(":popover-open")) shown.card.hidePopover();
    shown = null;
  };

  const open = (link, at) => {
    clearTimeout(timer);
    if (shown?.link === link) return;
    close();
    const card = cardOf(link);
    if (!card) return;
    shown = { link, card };
    card.classList.add("kernelref-hover-open");
    // Above all else, and next in the order of the Tab key.
    card.showPopover?.(link instanceof HTMLElement ? { source: link } : {});
    place(link, card, at);
  };

  const later = (what, delay) => {
    clearTimeout(timer);
    timer = setTimeout(what, delay);
  };
  const inside = (node) => node && shown && (shown.card.contains(node) || shown.link.contains(node));

  const start = () => {
    for (const card of document.querySelectorAll(".kernelref-hover")) card.popover = "manual";
    // The card says more than the tooltip of a box does.
    for (const title of document.querySelectorAll(`svg ${LINK} title`)) title.remove();
    document.addEventListener("pointerover", (event) => {
      if (event.pointerType !== "mouse") return;
      const link = linkOf(event);
      if (link) later(() => open(link, event), DELAY.open);
      else if (inside(event.target)) clearTimeout(timer);
      else if (shown) later(close, DELAY.close);
      else clearTimeout(timer);
    });
    document.documentElement.addEventListener("pointerleave", () => later(close, DELAY.close));
    document.addEventListener("pointerdown", (event) => {
      pointer = event.pointerType;
      if (!inside(event.target)) close();
    }, true);
    // A first tap shows the card, a second one follows the link.
    document.addEventListener("click", (event) => {
      const link = linkOf(event);
      if (!link || pointer === "mouse" || event.detail === 0 || shown?.link === link) return;
      event.preventDefault();
      open(link, { y: event.clientY });
    });
    document.addEventListener("focusin", (event) => {
      const link = linkOf(event);
      if (link?.matches(":focus-visible")) open(link);
      else if (!inside(event.target) && pointer !== "touch") close();
    });
    document.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !shown) return;
      const { link, card } = shown;
      const within = card.contains(document.activeElement);
      close();
      if (within) link.focus({ focusVisible: false });
    });
  };

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
