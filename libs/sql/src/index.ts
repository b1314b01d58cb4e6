export { FUNCTION_NAMES } from './functions';
export { planStatement, type SqlPlan } from './plan-statement';
export { printName, printText } from './print-expression';
export { LONGEST_STATEMENT } from './tokens';
export { columnsOf, type Narrowing, VIEW_NAMES, VIEWS, type ViewName, type ViewUse } from './views';
