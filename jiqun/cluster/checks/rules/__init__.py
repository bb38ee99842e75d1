"""One file for each rule, or small family of rules; all of them are found by being here."""
