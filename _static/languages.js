/* A switch of language stays on the card that the address bar names, and on what was searched for. */
for (const link of document.querySelectorAll("a.language-switch")) {
  const follow = () => {
    link.search = location.search;
    link.hash = location.hash;
  };
  follow();
  addEventListener("hashchange", follow);
}
