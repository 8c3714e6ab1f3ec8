# The schema and the views as one C string.
GEN_HEADERS += $(OUT)/gen/store/schema.inc

$(OUT)/gen/store/schema.inc: lib/store/schema.sql lib/store/views.sql
	@mkdir -p $(@D)
	$(if $(Q),@echo "  GEN     $@")
	$(Q)awk '{ gsub(/\\/, "&&"); gsub(/"/, "\\\""); gsub(/\t/, "\\t"); print "\"" $$0 "\\n\"" }' $^ >$@
