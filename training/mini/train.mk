# Makes Backlot mini again: meshes, renders, teacher's views, training, weights.
# Every step leaves what it made in $(MINI) and is not done twice; a stopped training goes on.
MINI ?= .state/mini
MINI_SECONDS ?= 3960
MINI_MORE_SECONDS ?= 4080
MINI_MORE = --shares electronics=0.17 caltech=0.17 clothing=0.18 grocery=0.19
BPY := $(MINI)/bpy/bin/python
TEACHER := $(MINI)/teacher/bin/python
MESHES := training/renders/meshes.tsv $(MINI)/made/parametric.tsv
MINI_RUN = $(BIN)/python -m training.mini
MINI_DATA = --data '$(DATA)' --views $(MINI)/views --meshes $(MESHES)

$(BPY):
	$(PYTHON) -m venv $(MINI)/bpy
	$(BPY) -m pip install --quiet 'bpy==4.5.*' 'numpy<2' trimesh

$(TEACHER):
	$(PYTHON) -m venv $(MINI)/teacher
	$(TEACHER) -m pip install --quiet ai-edge-litert pillow tqdm

$(MINI)/made/parametric.tsv: | $(BPY)
	$(BPY) training/renders/parametric.py $(MINI)/made

$(MINI)/renders.done: $(MINI)/made/parametric.tsv
	$(BPY) training/renders/plan.py '$(DATA)/products3d' training/renders/meshes.tsv $(MINI)/renders
	$(BPY) training/renders/plan.py $(MINI)/made $(MINI)/made/parametric.tsv $(MINI)/renders \
		--name made --train-views 2
	for list in part-0 part-1 made-0 made-1; do \
		$(BPY) training/renders/scene.py $(MINI)/renders/$$list.txt $(MINI)/renders \
			'$(DATA)/hdri' 144 20 > $(MINI)/$$list.log & pids="$$pids $$!"; \
	done; for pid in $$pids; do wait $$pid || exit 1; done
	touch $@

$(MINI)/views.done: $(MINI)/renders.done | $(TEACHER)
	for part in 0 1; do \
		$(TEACHER) training/mini/prepare.py '$(DATA)' $(MINI)/views photos$$part --photos \
			--part $$part/2 & pids="$$pids $$!"; \
	done; for pid in $$pids; do wait $$pid || exit 1; done
	$(TEACHER) training/mini/prepare.py '$(DATA)' $(MINI)/views renders \
		--renders $(MINI)/renders --composites 2
	touch $@

# What ships is judged, and not what it was rounded from: one photo of 120 was seen to differ.
train: $(STAMP) $(MINI)/views.done ## Make Backlot mini again: DATA=folder; goes on where it stopped
	OMP_NUM_THREADS=1 $(MINI_RUN).train $(MINI_DATA) --checkpoint $(MINI)/first.pt \
		--seconds $(MINI_SECONDS)
	OMP_NUM_THREADS=1 $(MINI_RUN).train $(MINI_DATA) --checkpoint $(MINI)/mini.pt \
		--start $(MINI)/first.pt --seconds $(MINI_MORE_SECONDS) $(MINI_MORE)
	$(MINI_RUN).export $(MINI)/mini.pt backlot/encoder/weights
	$(MINI_RUN).evaluate $(MINI_DATA) --checkpoint backlot/encoder/weights/mini.safetensors \
		--part test --out $(MINI)/numbers.json
	$(MINI_RUN).export $(MINI)/mini.pt backlot/encoder/weights --numbers $(MINI)/numbers.json
	$(MINI_RUN).card backlot/encoder/weights
