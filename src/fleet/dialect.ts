/** What the views need said in another way in each database. */
export interface Dialect {
  /** The value below which `percent` of 100 values lie, by nearest rank; of what is not null. */
  readonly percentile: (percent: number, value: string) => string;
  /** Two relations, each a subquery, joined on columns that both have. */
  readonly join: (left: string, right: string, columns: readonly string[]) => string;
  /** The value of a column in the row in which another is highest; of ties the higher value. */
  readonly ofHighest: (column: string, by: string) => string;
  /** The column by which a view that takes arguments is asked. */
  readonly parameterColumn: (parameter: string) => string;
}

/** DuckDB's SQL. */
export const duckdbDialect: Dialect = {
  percentile: (percent, value) => `quantile_disc(${value}, ${percent / 100})`,
  join: (left, right, columns) => `(${left}) JOIN (${right}) USING (${columns.join(", ")})`,
  ofHighest: (column, by) => `arg_max(${column}, (${by}, ${column}))`,
  // A macro's parameters stand for columns of their name, even in the views that it reads.
  parameterColumn: (parameter) => `of_${parameter}`,
};

/**
 * ClickHouse's SQL, of 18.16 and later. `quantileExact` rounds ranks in another way; and a join of
 * subqueries runs where it is asked for, while those run on all shards.
 */
export const clickhouseDialect: Dialect = {
  percentile: (percent, value) =>
    `arraySort(groupArray(${value}))[intDiv(${percent} * count(${value}) + 99, 100)]`,
  join: (left, right, columns) =>
    `(${left}) ALL INNER JOIN (${right}) USING (${columns.join(", ")})`,
  ofHighest: (column, by) => `argMax(${column}, (${by}, ${column}))`,
  parameterColumn: (parameter) => parameter,
};
