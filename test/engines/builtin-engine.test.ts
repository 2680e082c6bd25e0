import { builtinEngine } from "../../sim/engines/builtin";
import { engineSuite } from "./engine-suite";

engineSuite(builtinEngine);
