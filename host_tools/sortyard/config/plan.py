"""Sort plans: read one, decide by it on the host, compile it for a board.

plan = load_plan(Path("hub.plan.toml"))
board = compile_plan(plan, ["A1", "A2", "reject"])     # table and blob for sorter_core.sort_plan
answer = HostPlan(plan).decide("RB123456785GB")        # (group number, priority) or None
"""

from sortyard.config.plan_board import BoardPlan, HostOnlyRule, compile_plan
from sortyard.config.plan_file import Plan, PlanFile, check_chutes
from sortyard.config.plan_host import HostPlan
from sortyard.config.plan_load import load_plan

__all__ = [
    "BoardPlan",
    "HostOnlyRule",
    "HostPlan",
    "Plan",
    "PlanFile",
    "check_chutes",
    "compile_plan",
    "load_plan",
]
