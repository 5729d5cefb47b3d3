"""Simulation of a line: arrivals, the run of plant and controller, scenarios, results and stories."""
