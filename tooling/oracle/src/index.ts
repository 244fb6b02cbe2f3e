export { runPlan, type Tables } from "./run-plan.js";
