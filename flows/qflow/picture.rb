# LEF and DEF -> GDS and a picture, in KLayout without a window: klayout -b -r picture.rb -rd def=... -rd lef=A,B -rd gds=CELLS.gds|none -rd out=FILE.gds -rd png=FILE.png
# Says "@ cells N hollow M": kinds of cells that the layout places, and how many of them lack the shapes of the cell library's GDS.
# SPDX-License-Identifier: Apache-2.0
options = RBA::LoadLayoutOptions.new
config = options.lefdef_config
config.lef_files = $lef.split(",")
config.read_lef_with_def = false
real = $gds != "none"
if real
  config.macro_layout_files = [$gds]
  config.macro_resolution_mode = 2
else
  config.macro_resolution_mode = 1
end
options.lefdef_config = config
layout = RBA::Layout.new
layout.read($def, options)
top = layout.top_cell
shapes = lambda do |l, cell|
  l.layer_indexes.sum { |k| i = cell.begin_shapes_rec(k); n = 0; (n += 1; i.next) until i.at_end?; n }
end
placed = top.each_inst.map { |i| i.cell }.uniq(&:name).reject { |c| c.name =~ /\A(VIA|via|[Mm]\d+_[Mm]\d+|viagen)/ || c.name =~ /_[Vv][Ii][Aa]/ }
# a cell is real when the layout holds as many shapes of it as the library's GDS
source = RBA::Layout.new
source.read($gds) if real
hollow = placed.reject { |c| original = source.cell(c.name); original && shapes.call(source, original) > 0 && shapes.call(layout, c) >= shapes.call(source, original) }
layout.write($out)
puts "@ cells #{placed.size} hollow #{hollow.size} instances #{top.each_inst.count}"
view = RBA::LayoutView.new
index = view.create_layout(false)
view.active_cellview.layout.assign(layout)
view.active_cellview.cell = view.active_cellview.layout.top_cell # nothing is drawn before a cell is chosen
view.add_missing_layers
view.max_hier
view.zoom_fit
view.set_config("background-color", "#ffffff")
view.set_config("grid-visible", "false")
view.set_config("text-visible", "false")
view.save_image($png, 1200, 1200)
puts "@ done"
