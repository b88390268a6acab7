/*
 * A query is cut as sitesearch.py cuts a page: Chinese into pairs of characters, all else into words. A page is
 * found where it has every one of them. What is marked, and where a summary begins, goes by the words as typed.
 */
{
  const HAN = "\\u3005\\u3007\\u3400-\\u4dbf\\u4e00-\\u9fff\\uf900-\\ufaff";
  const isHan = new RegExp(`^[${HAN}]`);
  const runs = new RegExp(`[${HAN}]+|(?:(?![${HAN}])[\\p{L}\\p{N}_])+`, "gu");
  const asTyped = (query) => query.match(runs) ?? [];
  const pairs = (run) => Array.from({ length: run.length - 1 }, (_, at) => run.slice(at, at + 2));

  window.splitQuery = (query) =>
    asTyped(query).flatMap((word) => (isHan.test(word) && word.length > 1 ? pairs(word) : [word]));

  const English = window.Stemmer;
  window.Stemmer = class {
    english = new English();

    stemWord(word) {
      if (isHan.test(word)) return word.padEnd(3, "_");
      return /^\p{L}+$/u.test(word) ? this.english.stemWord(word) : word;
    }
  };

  const { _parseQuery: parse, makeSearchSummary: summarize } = Search;
  let typed = [];
  Search._parseQuery = (query) => {
    const parsed = parse(query);
    typed = asTyped(query.toLowerCase()).filter((word) => !stopwords.has(word));
    parsed[3] = new Set(typed);
    if (SPHINX_HIGHLIGHT_ENABLED) localStorage.setItem("sphinx_highlight_terms", typed.join(" "));
    return parsed;
  };
  Search.makeSearchSummary = (page, terms, anchor) => summarize(page, typed, anchor);
}
