import type { PageData, SideColumns } from "../../../../src/report/html/page-data.js";

const side: SideColumns = { statuses: "", starts: [], durations: [], reasons: [] };

/** Data of a page without items, but for what is given. */
export function pageDataOf({
  source,
  destination,
  items,
  ...known
}: Partial<Omit<PageData, "items">> & {
  readonly source?: Partial<SideColumns>;
  readonly destination?: Partial<SideColumns>;
  readonly items?: Partial<PageData["items"]>;
}): PageData {
  return {
    ...{ strings: [], placed: true, streamed: true, slack: [0, 0], isAcross: true },
    ...{ failed: undefined, start: 0, end: 1000, phases: [], downtime: undefined },
    ...{
      checkpoints: [],
      faults: { starts: [], durations: [], blocks: [], offsets: [] },
      bytes: [],
    },
    ...known,
    items: {
      ...{ labels: [], kinds: "", offsets: [], sizes: [], depths: "", facts: [], states: {} },
      ...items,
      source: { ...side, ...source },
      destination: { ...side, ...destination },
    },
  };
}
