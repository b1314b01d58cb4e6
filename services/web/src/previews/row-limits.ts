/** What a preview of a table shows at most; more is for a notebook. */
export const MOST_ROWS = 500;
export const MOST_COLUMNS = 50;
